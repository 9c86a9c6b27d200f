package dev.doorward.auth.authorize;

import dev.doorward.auth.authorize.AuthorizationCheck.Checked;
import dev.doorward.auth.client.Clients;
import dev.doorward.auth.engine.Allowance;
import dev.doorward.auth.engine.AuthCall;
import dev.doorward.auth.engine.AuthReply;
import dev.doorward.auth.engine.AuthReply.Header;
import dev.doorward.auth.engine.Ground;
import dev.doorward.auth.engine.Network;
import dev.doorward.auth.engine.Parameters;
import dev.doorward.auth.enrol.AgentDirectory;
import dev.doorward.auth.login.Sessions;
import dev.doorward.auth.page.Browser;
import dev.doorward.auth.page.Pages;
import dev.doorward.auth.store.Mint;
import dev.doorward.auth.store.RequestStore;
import dev.doorward.common.identity.ClientId;
import dev.doorward.common.outcome.Problem;
import dev.doorward.common.outcome.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * The authorization endpoint: a request that is in order is kept here under a random id, bound to
 * the browser that brought it, and the person goes on to sign-in and consent.
 */
public final class AuthorizeEndpoint {
  private static final Duration PATIENCE = Duration.ofMinutes(30);
  private static final int STARTS = 300;
  private static final Problem PUSHED_GONE =
      new Problem(
          Reason.OAUTH_REQUEST_EXPIRED,
          "The sign-in that the app prepared was used already or is older than a minute. Start"
              + " again from your app.");
  private static final int WAITING_PER_NETWORK = 100;

  private final Ground ground;
  private final Pages pages;
  private final Sessions sessions;
  private final AgentDirectory agents;
  private final Clients clients;
  private final Allowance starts;

  /** The endpoint. */
  public AuthorizeEndpoint(
      Ground ground, Pages pages, Sessions sessions, AgentDirectory agents, Clients clients) {
    this.ground = ground;
    this.pages = pages;
    this.sessions = sessions;
    this.agents = agents;
    this.clients = clients;
    this.starts = new Allowance(ground.clock(), STARTS, Duration.ofMinutes(10));
  }

  /** GET /authorize. */
  public AuthReply begin(AuthCall call) {
    Network network = Network.of(call.remote());
    Optional<Duration> wait = starts.spend(network);
    if (wait.isPresent()) {
      return pages.problem(
          call,
          429,
          "consent.too-many",
          new Problem(
              Reason.ADDRESS_LIMITED,
              "Too many sign-ins were started from your network. Try again in a few minutes."),
          new Header("Retry-After", Allowance.seconds(wait.get())));
    }
    Optional<Parameters> parameters = Parameters.ofQuery(call);
    if (parameters.isEmpty()) {
      return refused(
          call,
          new Problem(
              Reason.OAUTH_REQUEST_REFUSED, "The address that the app opened is malformed."));
    }
    return judge(call, parameters.get(), network);
  }

  /** In place of its parameters a request may have the name of those that were pushed. */
  private AuthReply judge(AuthCall call, Parameters asked, Network network) {
    String name = asked.one("request_uri").orElse("");
    Optional<ClientId> client = asked.one("client_id").filter(ClientId::isValid).map(ClientId::new);
    boolean named =
        PushEndpoint.isMeant(name) && client.isPresent() && asked.repeated("").isEmpty();
    Optional<Parameters> pushed =
        named ? PushEndpoint.take(ground, name, client.get()) : Optional.empty();
    if (named && pushed.isEmpty()) {
      return refused(call, PUSHED_GONE);
    }
    var check =
        AuthorizationCheck.of(ground.settings(), agents, named, id -> clients.asking(id, network));
    return switch (check.check(pushed.orElse(asked))) {
      case Checked.Shown(var problem) -> refused(call, problem);
      case Checked.SentBack(var uri, var state, var error, var problem) ->
          new ClientAnswer(ground.settings().issuer(), uri, state).error(error, problem);
      case Checked.Accepted accepted -> keep(call, accepted, network);
    };
  }

  private AuthReply keep(AuthCall call, Checked.Accepted accepted, Network network) {
    Browser browser = Browser.ofOrNew(call, ground.mint());
    Mint.Minted id = ground.mint().secret("dwq_");
    Instant now = ground.clock().instant();
    ground.change(h ->
        RequestStore.insert(
            h,
            new RequestStore.Waiting(
                id.hash(),
                browser.hash(),
                accepted.client().id(),
                accepted.redirectUri(),
                accepted.state(),
                accepted.challenge(),
                accepted.resource(),
                accepted.scope(),
                network.prefix(),
                now,
                now.plus(PATIENCE),
                accepted.key(),
                accepted.asks()),
            WAITING_PER_NETWORK));
    String next = sessions.of(call).isPresent() ? "/consent" : "/login";
    return Pages.seeOther(next + "?request=" + id.reveal(), browser.cookie());
  }

  private AuthReply refused(AuthCall call, Problem problem) {
    int status =
        switch (problem.reason()) {
          case CLIENT_LIMIT -> 429;
          case OVERLOADED -> 503;
          case CLIENT_DOCUMENT_UNAVAILABLE -> 502;
          default -> 400;
        };
    return status == 429 || status == 503
        ? pages.problem(call, status, "consent.busy", problem, new Header("Retry-After", "60"))
        : pages.problem(call, status, "consent.bad-request", problem);
  }
}
