package dev.doorward.auth.token;

import dev.doorward.auth.engine.Ground;
import dev.doorward.auth.engine.Parameters;
import dev.doorward.auth.store.ClientRow;
import dev.doorward.auth.store.CodeStore;
import dev.doorward.auth.store.CodeStore.Code;
import dev.doorward.auth.store.GrantStore;
import dev.doorward.auth.store.GrantStore.Grant;
import dev.doorward.auth.store.PersonRow;
import dev.doorward.auth.store.RefreshStore;
import dev.doorward.auth.store.SecretHash;
import dev.doorward.auth.token.TokenResult.Refused;
import dev.doorward.common.outcome.Reason;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * The grant type {@code authorization_code}. A code works once, whatever races, for the client,
 * redirect URI, PKCE challenge and resource that it was made for. Its second use ends everything
 * that came of the first (RFC 6749 section 4.1.2).
 */
final class CodeRedemption {
  private final Ground ground;
  private final TokenMaker maker;
  private final LiveGrants grants;

  CodeRedemption(Ground ground, TokenMaker maker, LiveGrants grants) {
    this.ground = ground;
    this.maker = maker;
    this.grants = grants;
  }

  TokenResult redeem(ClientRow client, Parameters form, Optional<String> key) {
    Optional<SecretHash> hash = form.one("code").map(SecretHash::of);
    if (hash.isEmpty()) {
      return new Refused("invalid_request", Reason.OAUTH_REQUEST_REFUSED, "code is missing.");
    }
    Optional<Code> found = ground.transact(h -> CodeStore.find(h, hash.get()));
    if (found.isEmpty() || !found.get().client().equals(client.id())) {
      return invalid("The code is unknown or belongs to another client.");
    }
    Code code = found.get();
    if (code.grant().isPresent()) {
      return reused(code);
    }
    Instant now = ground.clock().instant();
    Optional<PersonRow> person =
        grants
            .person(code.subject())
            .filter(p ->
                ground.settings().issuer().serviceOf(code.resource()).map(p::mayUse).orElse(false));
    Optional<TokenResult> problem = check(code, form, key, now, person);
    return problem.orElseGet(() -> issue(code, client, person.orElseThrow(), key, now));
  }

  private Optional<TokenResult> check(
      Code code, Parameters form, Optional<String> key, Instant now, Optional<PersonRow> person) {
    if (!code.expiresAt().isAfter(now)) {
      ground.clock().keep();
      return Optional.of(invalid("The code has expired."));
    }
    if (form.one("redirect_uri").map(uri -> !uri.equals(code.redirectUri())).orElse(false)) {
      return Optional.of(invalid("redirect_uri is not the one that the code was sent to."));
    }
    Optional<TokenResult> target = TokenEndpoint.checkResource(form, code.resource());
    if (target.isPresent()) {
      return target;
    }
    if (code.key().isPresent() && !code.key().equals(key)) {
      return Optional.of(
          new Refused(
              "invalid_grant",
              Reason.DPOP_PROOF_REFUSED,
              "The code is bound to a key, and the request does not prove that key."));
    }
    if (!form.one("code_verifier").map(v -> Pkce.proves(v, code.challenge())).orElse(false)) {
      return Optional.of(
          new Refused(
              "invalid_grant",
              Reason.PKCE_REFUSED,
              "code_verifier is missing, malformed or does not fit the code_challenge."));
    }
    return person.isPresent()
        ? Optional.empty()
        : Optional.of(invalid("The person may not use this service any more."));
  }

  private TokenResult issue(
      Code code, ClientRow client, PersonRow person, Optional<String> key, Instant now) {
    var grant =
        new Grant(
            ground.mint().id("g_"),
            client.id(),
            code.subject(),
            code.redirectUri(),
            code.resource(),
            code.scope(),
            now,
            now,
            now.plus(ground.settings().lives().refresh()),
            key);
    TokenMaker.Made made = maker.make(grant, client, person, grant.scope(), key, now);
    boolean first =
        ground.transact(h -> {
          if (!CodeStore.use(h, code.hash(), grant.id(), now)) {
            return false;
          }
          GrantStore.insert(h, grant);
          made.refresh()
              .ifPresent(
                  token -> RefreshStore.insert(h, token.hash(), grant.id(), made.refreshEnds()));
          ground.journal().note("token_issued", TokenEndpoint.noted(grant, person));
          ground.clock().keep(h);
          grants.begins(grant.id());
          return true;
        });
    if (first) {
      return new TokenResult.Issued(made.body());
    }
    return ground
        .transact(h -> CodeStore.find(h, code.hash()))
        .map(this::reused)
        .orElseGet(() -> invalid("The code is unknown or belongs to another client."));
  }

  private TokenResult reused(Code code) {
    code.grant()
        .ifPresent(grant ->
            grants.stolen(
                grant,
                "code_reuse",
                Map.of(
                    "grant", grant,
                    "client", code.client().value(),
                    "subject", code.subject().value())));
    return new Refused(
        "invalid_grant",
        Reason.CODE_REUSED,
        "The code was used before, so every token that came of it is revoked.");
  }

  private static TokenResult invalid(String text) {
    return new Refused("invalid_grant", Reason.CODE_REFUSED, text);
  }
}
