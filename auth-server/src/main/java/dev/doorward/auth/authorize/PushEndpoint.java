package dev.doorward.auth.authorize;

import dev.doorward.auth.authorize.AuthorizationCheck.Checked;
import dev.doorward.auth.client.ClientAuthentication;
import dev.doorward.auth.client.Clients;
import dev.doorward.auth.engine.Allowance;
import dev.doorward.auth.engine.AuthCall;
import dev.doorward.auth.engine.AuthReply;
import dev.doorward.auth.engine.AuthReply.Header;
import dev.doorward.auth.engine.Ground;
import dev.doorward.auth.engine.JsonReply;
import dev.doorward.auth.engine.Network;
import dev.doorward.auth.engine.Parameters;
import dev.doorward.auth.enrol.AgentDirectory;
import dev.doorward.auth.store.ClientRow;
import dev.doorward.auth.store.Mint;
import dev.doorward.auth.store.PushedStore;
import dev.doorward.auth.store.SecretHash;
import dev.doorward.common.identity.ClientId;
import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Problem;
import dev.doorward.common.outcome.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Pushed authorization requests (RFC 9126): a client sends its request here first, authenticated as
 * at the token endpoint, and the browser then carries nothing but a name for it. The name works
 * once, within a minute; what it stands for is judged when it is pushed and again when it is used.
 */
public final class PushEndpoint {
  private static final String PREFIX = "urn:ietf:params:oauth:request_uri:";
  private static final Duration LIFE = Duration.ofSeconds(60);
  private static final int PUSHES = 300;
  private static final int WAITING_PER_NETWORK = 100;
  private static final Set<String> PROOFS =
      Set.of("client_secret", "client_assertion", "client_assertion_type");

  private final Ground ground;
  private final AgentDirectory agents;
  private final Clients known;
  private final ClientAuthentication clients;
  private final Allowance pushes;

  /** The endpoint. */
  public PushEndpoint(
      Ground ground, AgentDirectory agents, Clients known, ClientAuthentication clients) {
    this.ground = ground;
    this.agents = agents;
    this.known = known;
    this.clients = clients;
    this.pushes = new Allowance(ground.clock(), PUSHES, Duration.ofMinutes(10));
  }

  /** Whether {@code uri} is meant as the name of a pushed request. */
  static boolean isMeant(String uri) {
    return uri.startsWith(PREFIX);
  }

  /** What a client pushed under that name: once, while it is good. */
  static Optional<Parameters> take(Ground ground, String uri, ClientId client) {
    SecretHash hash = SecretHash.of(uri.substring(PREFIX.length()));
    return ground
        .transact(h -> PushedStore.take(h, hash, client, ground.clock().instant()))
        .flatMap(Parameters::parse);
  }

  /** POST /par. */
  public AuthReply push(AuthCall call) {
    Network network = Network.of(call.remote());
    Optional<Duration> wait = pushes.spend(network);
    if (wait.isPresent()) {
      return JsonReply.error(
          429,
          "temporarily_unavailable",
          Reason.ADDRESS_LIMITED,
          "Too many sign-ins were started from this network; try again later.",
          new Header("Retry-After", Allowance.seconds(wait.get())));
    }
    Optional<Parameters> form = Parameters.ofForm(call);
    if (form.isEmpty() || form.get().repeated("resource").isPresent()) {
      return refused(
          "invalid_request",
          new Problem(
              Reason.OAUTH_REQUEST_REFUSED,
              "Send each parameter once, in a form, application/x-www-form-urlencoded."));
    }
    return switch (authenticated(call, form.get(), network)) {
      case Outcome.Failed<ClientRow>(var problem) -> ClientAuthentication.refuse(call, problem);
      case Outcome.Ok<ClientRow>(var client) -> judge(form.get(), client, network);
    };
  }

  /** A client that is known by its document may come here first, before we know it. */
  private Outcome<ClientRow> authenticated(AuthCall call, Parameters form, Network network) {
    Optional<ClientId> id = form.one("client_id").filter(ClientId::isValid).map(ClientId::new);
    if (id.isPresent() && Clients.isDocument(id.get())) {
      return known.asking(id.get(), network).then(_ -> clients.authenticate(call, form));
    }
    return clients.authenticate(call, form);
  }

  private AuthReply judge(Parameters form, ClientRow client, Network network) {
    Parameters request = form.without(PROOFS).with("client_id", client.id().value());
    if (request.one("request_uri").isPresent()) {
      return refused(
          "invalid_request",
          new Problem(Reason.OAUTH_REQUEST_REFUSED, "A pushed request cannot name another one."));
    }
    var check = AuthorizationCheck.of(ground.settings(), agents, true, _ -> Outcome.ok(client));
    return switch (check.check(request)) {
      case Checked.Shown(var problem) -> refused("invalid_request", problem);
      case Checked.SentBack(_, _, var error, var problem) -> refused(error, problem);
      case Checked.Accepted _ -> keep(request, client, network);
    };
  }

  private AuthReply keep(Parameters request, ClientRow client, Network network) {
    Mint.Minted name = ground.mint().secret("dwu_");
    Instant now = ground.clock().instant();
    ground.change(h ->
        PushedStore.insert(
            h,
            new PushedStore.Pushed(
                name.hash(), client.id(), request.text(), network.prefix(), now, now.plus(LIFE)),
            WAITING_PER_NETWORK));
    return JsonReply.of(
        201, Map.of("request_uri", PREFIX + name.reveal(), "expires_in", LIFE.toSeconds()));
  }

  private static AuthReply refused(String error, Problem problem) {
    return JsonReply.error(400, error, problem.reason(), problem.text());
  }
}
