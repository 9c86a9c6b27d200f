package dev.doorward.auth.device;

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
import dev.doorward.auth.store.DeviceStore;
import dev.doorward.auth.store.DeviceStore.Device;
import dev.doorward.auth.store.Mint;
import dev.doorward.common.identity.ClientId;
import dev.doorward.common.identity.Resource;
import dev.doorward.common.identity.ServiceName;
import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Problem;
import dev.doorward.common.outcome.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The device authorization endpoint (RFC 8628 section 3.1): a program without a browser gets a code
 * to show, and one to poll with.
 */
public final class DeviceAuthorization {
  /** Where it is; {@code /device} itself is the person's page. */
  public static final String PATH = "/device/authorization";

  private static final Duration WAIT = Duration.ofSeconds(5);
  private static final int STARTS = 60;
  private static final int WAITING_PER_NETWORK = 50;

  private final Ground ground;
  private final ClientAuthentication authentication;
  private final Clients clients;
  private final AgentDirectory agents;
  private final Allowance starts;

  /** The endpoint. */
  public DeviceAuthorization(
      Ground ground, ClientAuthentication authentication, Clients clients, AgentDirectory agents) {
    this.ground = ground;
    this.authentication = authentication;
    this.clients = clients;
    this.agents = agents;
    this.starts = new Allowance(ground.clock(), STARTS, Duration.ofMinutes(10));
  }

  /** POST /device/authorization. */
  public AuthReply begin(AuthCall call) {
    Network network = Network.of(call.remote());
    Optional<Duration> wait = starts.spend(network);
    if (wait.isPresent()) {
      return JsonReply.error(
          429,
          "temporarily_unavailable",
          Reason.ADDRESS_LIMITED,
          "Too many devices of this network want to sign in; try again later.",
          new Header("Retry-After", Allowance.seconds(wait.get())));
    }
    Optional<Parameters> form = Parameters.ofForm(call);
    if (form.isEmpty() || form.get().repeated("").isPresent()) {
      return refused(
          "invalid_request",
          Reason.OAUTH_REQUEST_REFUSED,
          "Send a form, application/x-www-form-urlencoded, with each parameter once.");
    }
    learn(form.get(), network);
    return switch (authentication.authenticate(call, form.get())) {
      case Outcome.Failed<ClientRow>(Problem problem) -> ClientAuthentication.refuse(call, problem);
      case Outcome.Ok<ClientRow>(ClientRow client) -> begin(client, form.get(), network);
    };
  }

  /** A client that is known by its document may come here first. */
  private void learn(Parameters form, Network network) {
    form.one("client_id")
        .filter(ClientId::isValid)
        .ifPresent(id -> clients.asking(new ClientId(id), network));
  }

  private AuthReply begin(ClientRow client, Parameters form, Network network) {
    Optional<ServiceName> service = service(form);
    if (service.isEmpty()) {
      return refused(
          "invalid_target",
          Reason.RESOURCE_UNKNOWN,
          "resource must be the URL of one service of this server.");
    }
    Mint.Minted code = ground.mint().secret("dwv_");
    UserCode user = UserCode.draw(ground.mint());
    Duration life = ground.settings().lives().deviceCode();
    Instant now = ground.clock().instant();
    ground.change(h ->
        DeviceStore.insert(
            h,
            new Device(
                code.hash(),
                user.hash(),
                client.id(),
                ground.settings().issuer().resourceOf(service.get()),
                ground.settings().scopes().granted(form.one("scope").orElse(""), service.get()),
                network.prefix(),
                now,
                now.plus(life),
                WAIT,
                now.minus(WAIT),
                DeviceStore.Answer.WAITING,
                Optional.empty(),
                Optional.empty()),
            WAITING_PER_NETWORK));
    String page = ground.settings().issuer().value() + "/device";
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("device_code", code.reveal());
    body.put("user_code", user.shown());
    body.put("verification_uri", page);
    body.put("verification_uri_complete", page + "?user_code=" + user.shown());
    body.put("expires_in", life.toSeconds());
    body.put("interval", WAIT.toSeconds());
    return JsonReply.of(200, body);
  }

  private Optional<ServiceName> service(Parameters form) {
    List<String> resources = form.all("resource");
    if (!resources.isEmpty()) {
      return Resource.parse(resources.getFirst()).flatMap(ground.settings().issuer()::serviceOf);
    }
    return ground
        .settings()
        .defaultService()
        .or(() ->
            agents.services().size() == 1
                ? Optional.of(agents.services().iterator().next())
                : Optional.empty());
  }

  private static AuthReply refused(String error, Reason reason, String text) {
    return JsonReply.error(400, error, reason, text);
  }
}
