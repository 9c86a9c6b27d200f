package dev.doorward.auth.token;

import dev.doorward.auth.client.ClientAuthentication;
import dev.doorward.auth.engine.AuthCall;
import dev.doorward.auth.engine.AuthReply;
import dev.doorward.auth.engine.Failures;
import dev.doorward.auth.engine.Ground;
import dev.doorward.auth.engine.JsonReply;
import dev.doorward.auth.engine.Parameters;
import dev.doorward.auth.store.ClientRow;
import dev.doorward.auth.store.GrantStore;
import dev.doorward.auth.store.RefreshStore;
import dev.doorward.auth.store.RefreshStore.Refresh;
import dev.doorward.auth.store.SecretHash;
import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Reason;
import dev.doorward.common.token.AccessToken;
import dev.doorward.common.token.VerificationKeys;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Token revocation (RFC 7009). Either kind of token ends the whole grant, at once and on open
 * streams too. The answer is the same whether there was such a token.
 */
public final class RevokeEndpoint {
  private final Ground ground;
  private final ClientAuthentication clients;
  private final LiveGrants grants;
  private final PresentedToken tokens;
  private final Failures failures;

  /** The endpoint. */
  public RevokeEndpoint(
      Ground ground,
      ClientAuthentication clients,
      LiveGrants grants,
      Supplier<VerificationKeys> keys) {
    this.ground = ground;
    this.clients = clients;
    this.grants = grants;
    this.tokens = new PresentedToken(keys);
    this.failures = new Failures(ground.clock());
  }

  /** POST /revoke. */
  public AuthReply revoke(AuthCall call) {
    return failures.guard(call, this::answer);
  }

  private AuthReply answer(AuthCall call) {
    Optional<Parameters> form = Parameters.ofForm(call);
    if (form.isEmpty()
        || form.get().repeated("").isPresent()
        || form.get().one("token").isEmpty()) {
      return JsonReply.error(
          400,
          "invalid_request",
          Reason.OAUTH_REQUEST_REFUSED,
          "Send one token in a form, application/x-www-form-urlencoded.");
    }
    return switch (clients.authenticate(call, form.get())) {
      case Outcome.Failed<ClientRow>(var problem) -> ClientAuthentication.refuse(call, problem);
      case Outcome.Ok<ClientRow>(var client) -> {
        String token = form.get().one("token").orElseThrow();
        ofRefresh(token, client)
            .or(() -> ofAccess(token, client))
            .ifPresent(grant ->
                grants.revoke(
                    grant,
                    "grant_revoked",
                    Map.of("grant", grant, "client", client.id().value(), "by", "client")));
        yield JsonReply.of(200, Map.of());
      }
    };
  }

  private Optional<String> ofRefresh(String token, ClientRow client) {
    return ground.transact(h ->
        RefreshStore.find(h, SecretHash.of(token))
            .map(Refresh::grant)
            .flatMap(id -> GrantStore.find(h, id))
            .filter(grant -> grant.client().equals(client.id()))
            .map(GrantStore.Grant::id));
  }

  private Optional<String> ofAccess(String token, ClientRow client) {
    return tokens
        .verified(token, ground.clock().instant())
        .filter(verified -> verified.client().equals(client.id()))
        .map(AccessToken::grant);
  }
}
