package dev.doorward.auth.token;

import dev.doorward.auth.engine.Ground;
import dev.doorward.auth.engine.Parameters;
import dev.doorward.auth.engine.Scopes;
import dev.doorward.auth.store.ClientRow;
import dev.doorward.auth.store.GrantStore;
import dev.doorward.auth.store.GrantStore.Grant;
import dev.doorward.auth.store.PersonRow;
import dev.doorward.auth.store.RefreshStore;
import dev.doorward.auth.store.RefreshStore.Refresh;
import dev.doorward.auth.store.SecretHash;
import dev.doorward.auth.token.TokenResult.Refused;
import dev.doorward.common.identity.Secret;
import dev.doorward.common.outcome.Reason;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * The grant type {@code refresh_token}: each token works once and brings its successor (OAuth 2.1
 * section 4.3.1). Clients race with themselves and lose answers, so for a grace of seconds the same
 * token gets the same answer again, over a restart too. Later it is theft: the whole grant ends.
 */
final class RefreshRotation {
  private final Ground ground;
  private final TokenMaker maker;
  private final LiveGrants grants;

  RefreshRotation(Ground ground, TokenMaker maker, LiveGrants grants) {
    this.ground = ground;
    this.maker = maker;
    this.grants = grants;
  }

  /** A refresh token with its grant. */
  private record Found(Refresh refresh, Grant grant) {}

  TokenResult refresh(ClientRow client, Parameters form, Optional<String> key) {
    Optional<Secret> token = form.one("refresh_token").map(Secret::new);
    if (token.isEmpty()) {
      return new Refused(
          "invalid_request", Reason.OAUTH_REQUEST_REFUSED, "refresh_token is missing.");
    }
    Optional<Found> found = find(token.get()).filter(f -> f.grant().client().equals(client.id()));
    if (found.isEmpty()) {
      return invalid("The refresh token is unknown, revoked, or belongs to another client.");
    }
    Refresh refresh = found.get().refresh();
    Grant grant = found.get().grant();
    Instant now = ground.clock().instant();
    Optional<TokenResult> unbound = checkKey(client, grant, key);
    if (unbound.isPresent()) {
      return unbound.get();
    }
    if (refresh.usedAt().isPresent()) {
      return again(token.get(), found.get(), now);
    }
    if (!refresh.expiresAt().isAfter(now) || !grant.endsAt().isAfter(now)) {
      ground.clock().keep();
      return invalid("The refresh token has expired.");
    }
    Optional<TokenResult> target = TokenEndpoint.checkResource(form, grant.resource());
    if (target.isPresent()) {
      return target.get();
    }
    String scope = form.one("scope").map(Scopes::distinct).orElse(grant.scope());
    if (!Scopes.within(scope, grant.scope())) {
      return new Refused(
          "invalid_scope", Reason.SCOPE_INSUFFICIENT, "The scope is more than was granted.");
    }
    Optional<PersonRow> person =
        grants
            .person(grant.subject())
            .filter(p ->
                ground
                    .settings()
                    .issuer()
                    .serviceOf(grant.resource())
                    .map(p::mayUse)
                    .orElse(false));
    return person.isEmpty()
        ? invalid("The person may not use this service any more.")
        : rotate(token.get(), found.get(), client, person.get(), scope, key, now);
  }

  private TokenResult rotate(
      Secret token,
      Found found,
      ClientRow client,
      PersonRow person,
      String scope,
      Optional<String> key,
      Instant now) {
    Grant grant = found.grant();
    TokenMaker.Made made = maker.make(grant, client, person, scope, key, now);
    byte[] replay =
        ReplaySeal.seal(token, ground.mint().bytes(ReplaySeal.NONCE_BYTES), made.body());
    boolean first =
        ground.transact(h -> {
          if (!RefreshStore.use(h, found.refresh().hash(), replay, now)) {
            return false;
          }
          made.refresh()
              .ifPresent(
                  next -> RefreshStore.insert(h, next.hash(), grant.id(), made.refreshEnds()));
          GrantStore.touch(h, grant.id(), now);
          key.ifPresent(k -> GrantStore.bind(h, grant.id(), k));
          ground.clock().keep(h);
          ground.journal().note("token_refreshed", TokenEndpoint.noted(grant, person));
          return true;
        });
    return first
        ? new TokenResult.Issued(made.body())
        : find(token)
            .map(spent -> again(token, spent, now))
            .orElseGet(() -> invalid("The refresh token was revoked."));
  }

  /**
   * A public client proves the same key each time, since nothing else ties the refresh token to it;
   * one with credentials of its own may change its key, but not go without (RFC 9449 section 5).
   */
  private static Optional<TokenResult> checkKey(
      ClientRow client, Grant grant, Optional<String> key) {
    boolean fine =
        grant.key().isEmpty()
            || (client.authMethod() == ClientRow.AuthMethod.NONE
                ? grant.key().equals(key)
                : key.isPresent());
    return fine
        ? Optional.empty()
        : Optional.of(
            new Refused(
                "invalid_grant",
                key.isPresent() ? Reason.DPOP_PROOF_REFUSED : Reason.DPOP_PROOF_MISSING,
                "The refresh token is bound to a key, and the request does not prove that key."));
  }

  private TokenResult again(Secret token, Found spent, Instant now) {
    Optional<TokenResult> replayed =
        spent
            .refresh()
            .usedAt()
            .filter(used -> now.isBefore(used.plus(ground.settings().lives().refreshGrace())))
            .flatMap(_ -> spent.refresh().replay())
            .flatMap(replay -> ReplaySeal.open(token, replay))
            .map(TokenResult.Issued::new);
    return replayed.orElseGet(() -> reused(spent.grant()));
  }

  private TokenResult reused(Grant grant) {
    grants.stolen(
        grant.id(),
        "refresh_reuse",
        Map.of(
            "grant", grant.id(),
            "client", grant.client().value(),
            "subject", grant.subject().value()));
    return new Refused(
        "invalid_grant",
        Reason.REFRESH_REUSED,
        "The refresh token was used before, so the whole grant is revoked; sign in again.");
  }

  private Optional<Found> find(Secret token) {
    return ground.transact(h ->
        RefreshStore.find(h, SecretHash.of(token.reveal()))
            .flatMap(refresh ->
                GrantStore.find(h, refresh.grant()).map(grant -> new Found(refresh, grant))));
  }

  private static TokenResult invalid(String text) {
    return new Refused("invalid_grant", Reason.REFRESH_REFUSED, text);
  }
}
