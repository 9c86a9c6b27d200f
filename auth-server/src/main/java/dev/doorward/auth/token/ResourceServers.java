package dev.doorward.auth.token;

import dev.doorward.auth.engine.AuthCall;
import dev.doorward.auth.engine.BasicCredentials;
import dev.doorward.auth.engine.Ground;
import dev.doorward.auth.store.Mint;
import dev.doorward.auth.store.ResourceServerStore;
import dev.doorward.auth.store.ResourceServerStore.ResourceServer;
import dev.doorward.auth.store.SecretHash;
import dev.doorward.common.identity.ServiceName;
import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Reason;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The programs that may ask what a token is worth (RFC 7662): the operator adds and removes them,
 * and each proves itself with its secret by HTTP Basic.
 */
public final class ResourceServers {
  private static final Pattern NAME = Pattern.compile("[a-z0-9](?:[a-z0-9-]{0,30}[a-z0-9])?");
  private static final Pattern PART = Pattern.compile("[A-Za-z0-9_-]{1,100}");

  private final Ground ground;

  /**
   * A new one.
   *
   * @param secret shown this once
   */
  public record Added(ResourceServer server, String secret) {}

  /** Resource servers in the storage of {@code ground}. */
  public ResourceServers(Ground ground) {
    this.ground = ground;
  }

  /** Adds one that may ask about tokens of {@code services}. Blocks. */
  public Outcome<Added> add(String name, Set<ServiceName> services) {
    if (!NAME.matcher(name).matches()) {
      return Outcome.failed(
          Reason.USAGE,
          "A resource server's name has 1 to 32 characters of a-z, 0-9 and -, and no - at its"
              + " ends.");
    }
    if (services.isEmpty()) {
      return Outcome.failed(
          Reason.USAGE, "Say with --services whose tokens the resource server may ask about.");
    }
    Mint.Minted secret = ground.mint().secret("dwx_");
    var server =
        new ResourceServer(
            ground.mint().id("rs_"), name, secret.hash(), services, ground.clock().instant());
    boolean added =
        ground.transact(h -> {
          if (ResourceServerStore.all(h).stream().anyMatch(s -> s.name().equals(name))) {
            return false;
          }
          ResourceServerStore.insert(h, server);
          ground.journal().note("resource_server_added", noted(server));
          return true;
        });
    return added
        ? Outcome.ok(new Added(server, secret.reveal()))
        : Outcome.failed(
            Reason.RESOURCE_SERVER_EXISTS, "There is a resource server of that name already.");
  }

  /** All of them by name. Blocks. */
  public List<ResourceServer> list() {
    return ground.transact(ResourceServerStore::all);
  }

  /** Removes one; from then on its secret is worth nothing. Blocks. */
  public Outcome<ResourceServer> remove(String name) {
    return ground.transact(h -> {
      Optional<ResourceServer> found =
          ResourceServerStore.all(h).stream().filter(s -> s.name().equals(name)).findFirst();
      if (found.isEmpty() || !ResourceServerStore.delete(h, name)) {
        return Outcome.failed(
            Reason.RESOURCE_SERVER_UNKNOWN,
            "There is no resource server of that name; list them with: doorward resource-servers"
                + " list");
      }
      ground.journal().note("resource_server_removed", noted(found.get()));
      return Outcome.ok(found.get());
    });
  }

  /** Which one sent the call; empty where it proves to be none. Blocks. */
  Optional<ResourceServer> authenticate(AuthCall call) {
    return Optional.ofNullable(call.header("authorization"))
        .flatMap(BasicCredentials::read)
        .filter(said -> PART.matcher(said.id()).matches())
        .flatMap(said -> {
          SecretHash presented = SecretHash.of(said.secret().reveal());
          return ground
              .transact(h -> ResourceServerStore.find(h, said.id()))
              .filter(server -> server.secret().equals(presented));
        });
  }

  private static Map<String, String> noted(ResourceServer server) {
    return Map.of(
        "resource_server", server.name(),
        "id", server.id(),
        "services",
            server.services().stream()
                .map(ServiceName::value)
                .sorted()
                .collect(Collectors.joining(" ")));
  }
}
