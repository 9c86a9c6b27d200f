package dev.doorward.auth.token;

import dev.doorward.auth.client.ClientAuthentication;
import dev.doorward.auth.engine.AuthCall;
import dev.doorward.auth.engine.AuthReply;
import dev.doorward.auth.engine.AuthReply.Header;
import dev.doorward.auth.engine.Failures;
import dev.doorward.auth.engine.Ground;
import dev.doorward.auth.engine.JsonReply;
import dev.doorward.auth.engine.Parameters;
import dev.doorward.auth.enterprise.Enterprise;
import dev.doorward.auth.store.ClientRow;
import dev.doorward.auth.store.GrantStore.Grant;
import dev.doorward.auth.store.PersonRow;
import dev.doorward.auth.token.TokenResult.Refused;
import dev.doorward.common.identity.Resource;
import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Reason;
import java.util.Map;
import java.util.Optional;

/** The token endpoint: which client, which grant type, and the protocol's errors. */
public final class TokenEndpoint {
  private final ClientAuthentication clients;
  private final SenderKeys keys;
  private final CodeRedemption codes;
  private final DeviceRedemption devices;
  private final EnterpriseGrant enterprise;
  private final RefreshRotation refreshes;
  private final OwnAccess own;
  private final Failures failures;

  /** The endpoint. */
  public TokenEndpoint(
      Ground ground,
      ClientAuthentication clients,
      AccessTokens signed,
      LiveGrants grants,
      SenderKeys keys,
      Enterprise enterprise) {
    var maker = new TokenMaker(ground, signed);
    this.clients = clients;
    this.keys = keys;
    this.codes = new CodeRedemption(ground, maker, grants);
    this.enterprise = new EnterpriseGrant(ground, signed, grants, enterprise);
    this.devices = new DeviceRedemption(ground, maker, grants);
    this.refreshes = new RefreshRotation(ground, maker, grants);
    this.own = new OwnAccess(ground, maker, grants);
    this.failures = new Failures(ground.clock());
  }

  /** POST /token. */
  public AuthReply token(AuthCall call) {
    return failures.guard(call, this::answer);
  }

  private AuthReply answer(AuthCall call) {
    Optional<Parameters> read = Parameters.ofForm(call);
    if (read.isEmpty()) {
      return refused(malformed("The body must be a form, application/x-www-form-urlencoded."));
    }
    Parameters form = read.get();
    if (form.repeated("resource").isPresent()) {
      return refused(malformed("A parameter is there more than once."));
    }
    return switch (clients.authenticate(call, form)) {
      case Outcome.Failed<ClientRow>(var problem) -> ClientAuthentication.refuse(call, problem);
      case Outcome.Ok<ClientRow>(var client) ->
          switch (keys.of(call)) {
            case SenderKeys.Shown(var key) -> reply(byType(client, form, key), key.isPresent());
            case SenderKeys.Refused(var reply) -> reply;
          };
    };
  }

  private AuthReply reply(TokenResult result, boolean bound) {
    return switch (result) {
      case TokenResult.Issued(var body) ->
          bound
              ? JsonReply.of(200, body, new Header("Pragma", "no-cache"), keys.nonce())
              : JsonReply.of(200, body, new Header("Pragma", "no-cache"));
      case TokenResult.Pending(var wait) ->
          JsonReply.error(
              400,
              "authorization_pending",
              Reason.DEVICE_CODE_PENDING,
              "The person has not answered yet; ask again later.",
              new Header("Retry-After", Long.toString(wait.toSeconds())));
      case Refused error -> refused(error);
    };
  }

  private TokenResult byType(ClientRow client, Parameters form, Optional<String> key) {
    return switch (form.one("grant_type").orElse("")) {
      case "authorization_code" -> codes.redeem(client, form, key);
      case "refresh_token" -> refreshes.refresh(client, form, key);
      case EnterpriseGrant.GRANT_TYPE -> enterprise.redeem(client, form, key);
      case "client_credentials" -> own.give(client, form, key);
      case DeviceRedemption.GRANT_TYPE -> devices.redeem(client, form, key);
      case "" -> malformed("grant_type is missing.");
      default ->
          new Refused(
              "unsupported_grant_type",
              Reason.OAUTH_REQUEST_REFUSED,
              "grant_type must be one that the metadata of this server lists.");
    };
  }

  /** A token request may name the resource again, but no other one (RFC 8707 section 2.2). */
  static Optional<TokenResult> checkResource(Parameters form, Resource granted) {
    boolean same =
        form.all("resource").stream()
            .allMatch(text -> Resource.parse(text).filter(granted::equals).isPresent());
    return same && form.all("resource").size() <= 1
        ? Optional.empty()
        : Optional.of(
            new Refused(
                "invalid_target",
                Reason.RESOURCE_UNKNOWN,
                "resource is not the one that access was granted to."));
  }

  /** What the journal says about tokens that were given out. */
  static Map<String, String> noted(Grant grant, PersonRow person) {
    return Map.of(
        "grant", grant.id(),
        "client", grant.client().value(),
        "subject", person.subject().value(),
        "person", person.name(),
        "resource", grant.resource().value(),
        "scope", grant.scope());
  }

  private static TokenResult.Refused malformed(String text) {
    return new Refused("invalid_request", Reason.OAUTH_REQUEST_REFUSED, text);
  }

  private static AuthReply refused(Refused error) {
    return JsonReply.error(400, error.error(), error.reason(), error.text());
  }
}
