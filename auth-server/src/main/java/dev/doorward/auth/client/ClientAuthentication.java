package dev.doorward.auth.client;

import dev.doorward.auth.engine.AuthCall;
import dev.doorward.auth.engine.AuthReply;
import dev.doorward.auth.engine.AuthReply.Header;
import dev.doorward.auth.engine.Ground;
import dev.doorward.auth.engine.JsonReply;
import dev.doorward.auth.engine.Parameters;
import dev.doorward.auth.store.ClientRow;
import dev.doorward.auth.store.ClientRow.AuthMethod;
import dev.doorward.auth.store.ClientStore;
import dev.doorward.auth.store.SecretHash;
import dev.doorward.common.identity.ClientId;
import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Problem;
import dev.doorward.common.outcome.Reason;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/**
 * Which client speaks at the token and revocation endpoints (RFC 6749 section 2.3): by exactly the
 * method that it registered.
 */
public final class ClientAuthentication {
  private static final Header BASIC = new Header("WWW-Authenticate", "Basic realm=\"doorward\"");

  private final Ground ground;

  /** Credentials as they were presented. */
  private record Presented(String id, Optional<String> secret, AuthMethod method) {}

  /** Looks clients up in the storage of {@code ground}. */
  public ClientAuthentication(Ground ground) {
    this.ground = ground;
  }

  /** The client, or why not: then {@link #refuse} is the answer. */
  public Outcome<ClientRow> authenticate(AuthCall call, Parameters form) {
    return presented(call, form).then(this::check);
  }

  /** The protocol's answer where there is no such client (RFC 6749 section 5.2). */
  public static AuthReply refuse(AuthCall call, Problem problem) {
    return call.headers().containsKey("authorization")
        ? JsonReply.error(401, "invalid_client", problem.reason(), problem.text(), BASIC)
        : JsonReply.error(401, "invalid_client", problem.reason(), problem.text());
  }

  private Outcome<ClientRow> check(Presented presented) {
    Optional<ClientRow> found =
        ClientId.isValid(presented.id())
            ? ground.transact(h -> ClientStore.find(h, new ClientId(presented.id())))
            : Optional.empty();
    if (found.isEmpty()) {
      return refused("This client is not registered here; register it again.");
    }
    ClientRow client = found.get();
    if (presented.method() != client.authMethod()) {
      return refused("This client must authenticate by " + client.authMethod().code() + ".");
    }
    boolean proven =
        client.authMethod() == AuthMethod.NONE
            || presented.secret().map(SecretHash::of).equals(client.secret());
    return proven ? Outcome.ok(client) : refused("The client secret is wrong.");
  }

  private static Outcome<Presented> presented(AuthCall call, Parameters form) {
    List<String> headers = call.headers().getOrDefault("authorization", List.of());
    if (headers.size() > 1) {
      return refused("There must be one Authorization header at most.");
    }
    Optional<String> id = form.one("client_id");
    Optional<String> secret = form.one("client_secret");
    if (headers.isEmpty()) {
      return id.isEmpty()
          ? refused("client_id is missing.")
          : Outcome.ok(
              new Presented(
                  id.get(), secret, secret.isPresent() ? AuthMethod.POST : AuthMethod.NONE));
    }
    Optional<Presented> basic = basic(headers.getFirst());
    if (basic.isEmpty() || secret.isPresent()) {
      return refused("The client credentials are malformed or were sent twice.");
    }
    return id.isPresent() && !id.get().equals(basic.get().id())
        ? refused("client_id differs from the Authorization header.")
        : Outcome.ok(basic.get());
  }

  /** Both parts are form-encoded before they are joined (RFC 6749 section 2.3.1). */
  private static Optional<Presented> basic(String header) {
    if (!header.regionMatches(true, 0, "Basic ", 0, 6)) {
      return Optional.empty();
    }
    String pair;
    try {
      byte[] decoded = Base64.getDecoder().decode(header.substring(6).strip());
      pair = new String(decoded, StandardCharsets.ISO_8859_1);
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
    int colon = pair.indexOf(':');
    if (colon < 0 || pair.indexOf('&') >= 0 || pair.indexOf('=') >= 0) {
      return Optional.empty();
    }
    return Parameters.parse(
            "id=" + pair.substring(0, colon) + "&secret=" + pair.substring(colon + 1))
        .flatMap(parts ->
            parts.one("id").map(id -> new Presented(id, parts.one("secret"), AuthMethod.BASIC)));
  }

  private static <T> Outcome<T> refused(String text) {
    return Outcome.failed(Reason.CLIENT_UNKNOWN, text);
  }
}
