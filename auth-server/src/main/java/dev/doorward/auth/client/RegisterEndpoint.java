package dev.doorward.auth.client;

import dev.doorward.auth.engine.Allowance;
import dev.doorward.auth.engine.AuthCall;
import dev.doorward.auth.engine.AuthReply;
import dev.doorward.auth.engine.AuthReply.Header;
import dev.doorward.auth.engine.Ground;
import dev.doorward.auth.engine.JsonReply;
import dev.doorward.auth.engine.Network;
import dev.doorward.auth.store.ClientRow;
import dev.doorward.auth.store.ClientRow.AuthMethod;
import dev.doorward.auth.store.ClientStore;
import dev.doorward.auth.store.Mint;
import dev.doorward.common.identity.ClientId;
import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Problem;
import dev.doorward.common.outcome.Reason;
import dev.doorward.config.edge.RegistrationConfig;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Dynamic client registration (RFC 7591), open to anybody and bounded: in size, in rate per network
 * and in how many clients may wait for a first consent. Registrations survive a restart.
 */
public final class RegisterEndpoint {
  private static final int MAX_BODY = 8 * 1024;
  private static final Duration HOUR = Duration.ofHours(1);
  private static final Network EVERYBODY = new Network("all");

  private final Ground ground;
  private final RegistrationConfig config;
  private final Allowance allowance;
  private final Allowance inAll;

  /** The endpoint. */
  public RegisterEndpoint(Ground ground) {
    this.ground = ground;
    this.config = ground.settings().clients().registration();
    this.allowance = new Allowance(ground.clock(), config.perHour(), HOUR);
    this.inAll = new Allowance(ground.clock(), config.perHourInAll(), HOUR);
  }

  /** POST /register. */
  public AuthReply register(AuthCall call) {
    if (!config.enabled()) {
      return JsonReply.error(
          403,
          "access_denied",
          Reason.REGISTRATION_OFF,
          "Clients cannot register themselves here; ask whoever runs this server.");
    }
    String type = call.header("content-type");
    if (type == null || !type.split(";", 2)[0].strip().equalsIgnoreCase("application/json")) {
      return error(
          400,
          new Problem(Reason.HTTP_CONTENT_TYPE_REFUSED, "Send the metadata as application/json."));
    }
    if (call.body().length > MAX_BODY) {
      return error(
          413, new Problem(Reason.HTTP_BODY_TOO_LARGE, "A registration has at most 8192 bytes."));
    }
    Network network = Network.of(call.remote());
    Optional<Duration> wait = allowance.spend(network).or(() -> inAll.spend(EVERYBODY));
    if (wait.isPresent()) {
      return JsonReply.error(
          429,
          "temporarily_unavailable",
          Reason.CLIENT_LIMIT,
          "Too many registrations; try again later.",
          new Header("Retry-After", Allowance.seconds(wait.get())));
    }
    return switch (Registration.parse(call.body(), ground.settings().clients().appSchemes())) {
      case Outcome.Ok<Registration>(var registration) -> store(registration, network);
      case Outcome.Failed<Registration>(var problem) -> {
        ground
            .journal()
            .note(
                "client_refused",
                Map.of("reason", problem.reason().code(), "network", network.prefix()));
        yield error(400, problem);
      }
    };
  }

  private AuthReply store(Registration registration, Network network) {
    Instant now = ground.clock().instant();
    boolean isPublic = registration.authMethod() == AuthMethod.NONE;
    Mint.Minted secret = ground.mint().secret("dwk_");
    var client =
        new ClientRow(
            new ClientId(ground.mint().id("dcr_")),
            new ClientRow.Origin.Registered(),
            registration.name(),
            registration.applicationType(),
            registration.authMethod(),
            isPublic ? Optional.empty() : Optional.of(secret.hash()),
            Optional.empty(),
            registration.redirectUris(),
            registration.refreshes(),
            network.prefix(),
            now,
            Optional.empty());
    ground.change(h -> {
      ClientStore.makeRoom(h, config.unused());
      ClientStore.insert(h, client);
    });
    ground
        .journal()
        .note(
            "client_registered",
            Map.of(
                "client", client.id().value(),
                "name", client.name(),
                "redirect", RedirectRule.shown(client.redirectUris().getFirst()),
                "network", network.prefix()));
    return JsonReply.of(201, document(client, isPublic ? Optional.empty() : Optional.of(secret)));
  }

  private static Map<String, Object> document(ClientRow client, Optional<Mint.Minted> secret) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("client_id", client.id().value());
    body.put("client_id_issued_at", client.createdAt().getEpochSecond());
    secret.ifPresent(s -> {
      body.put("client_secret", s.reveal());
      body.put("client_secret_expires_at", 0);
    });
    body.put("client_name", client.name());
    body.put("application_type", client.applicationType());
    body.put("redirect_uris", client.redirectUris());
    body.put("token_endpoint_auth_method", client.authMethod().code());
    body.put(
        "grant_types",
        client.refreshes()
            ? List.of("authorization_code", "refresh_token")
            : List.of("authorization_code"));
    body.put("response_types", List.of("code"));
    body.put("scope", "mcp");
    return body;
  }

  private static AuthReply error(int status, Problem problem) {
    String code =
        problem.reason() == Reason.REDIRECT_REFUSED
            ? "invalid_redirect_uri"
            : "invalid_client_metadata";
    return JsonReply.error(status, code, problem.reason(), problem.text());
  }
}
