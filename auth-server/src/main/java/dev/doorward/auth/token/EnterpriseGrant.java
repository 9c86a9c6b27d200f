package dev.doorward.auth.token;

import dev.doorward.auth.engine.Ground;
import dev.doorward.auth.engine.Parameters;
import dev.doorward.auth.engine.Scopes;
import dev.doorward.auth.enterprise.Assertion;
import dev.doorward.auth.enterprise.Enterprise;
import dev.doorward.auth.store.ClientRow;
import dev.doorward.auth.store.ClientStore;
import dev.doorward.auth.store.EnterpriseStore;
import dev.doorward.auth.store.GrantStore;
import dev.doorward.auth.store.GrantStore.Grant;
import dev.doorward.auth.store.PersonRow;
import dev.doorward.auth.token.TokenResult.Refused;
import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Problem;
import dev.doorward.common.outcome.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/**
 * The grant type {@code jwt-bearer} (RFC 7523) with an ID-JAG: a trusted identity provider's word
 * in place of a consent. For clients that prove who they are, for people whom the operator linked,
 * once for each assertion. There is no refresh token: the provider is asked again.
 */
final class EnterpriseGrant {
  /** The grant type's name. */
  static final String GRANT_TYPE = "urn:ietf:params:oauth:grant-type:jwt-bearer";

  /** What stands where other grants have a redirect URI. */
  private final Ground ground;

  private final AccessTokens signed;
  private final LiveGrants grants;
  private final Enterprise enterprise;

  EnterpriseGrant(Ground ground, AccessTokens signed, LiveGrants grants, Enterprise enterprise) {
    this.ground = ground;
    this.signed = signed;
    this.grants = grants;
    this.enterprise = enterprise;
  }

  TokenResult redeem(ClientRow client, Parameters form, Optional<String> key) {
    if (!enterprise.isOn()) {
      return new Refused(
          "unsupported_grant_type",
          Reason.OAUTH_REQUEST_REFUSED,
          "No identity provider is trusted here.");
    }
    if (client.authMethod() == ClientRow.AuthMethod.NONE) {
      return new Refused(
          "unauthorized_client",
          Reason.ASSERTION_REFUSED,
          "Only a client that authenticates may use an identity assertion.");
    }
    Optional<String> text = form.one("assertion");
    if (text.isEmpty()) {
      return new Refused("invalid_request", Reason.OAUTH_REQUEST_REFUSED, "assertion is missing.");
    }
    return switch (enterprise.verify(text.get(), client.id())) {
      case Outcome.Failed<Assertion>(Problem problem) -> invalid(problem.text());
      case Outcome.Ok<Assertion>(Assertion assertion) -> redeem(assertion, client, form, key);
    };
  }

  private TokenResult redeem(
      Assertion assertion, ClientRow client, Parameters form, Optional<String> key) {
    Optional<TokenResult> target = TokenEndpoint.checkResource(form, assertion.resource());
    if (target.isPresent()) {
      return target.get();
    }
    String granted =
        ground
            .settings()
            .issuer()
            .serviceOf(assertion.resource())
            .map(service -> ground.settings().scopes().granted(assertion.scope(), service))
            .orElse(Scopes.MCP);
    String scope = form.one("scope").map(Scopes::distinct).orElse(granted);
    if (!Scopes.within(scope, granted)) {
      return new Refused(
          "invalid_scope", Reason.SCOPE_INSUFFICIENT, "The scope is more than was asserted.");
    }
    Optional<PersonRow> person =
        ground
            .transact(h -> EnterpriseStore.find(h, assertion.issuer(), assertion.name()))
            .flatMap(grants::person)
            .filter(p ->
                ground
                    .settings()
                    .issuer()
                    .serviceOf(assertion.resource())
                    .map(p::mayUse)
                    .orElse(false));
    return person.isEmpty()
        ? invalid("There is no such service for the person that the assertion is about.")
        : issue(assertion, client, person.get(), scope, key);
  }

  private TokenResult issue(
      Assertion assertion, ClientRow client, PersonRow person, String scope, Optional<String> key) {
    Instant now = ground.clock().instant();
    Duration life = ground.settings().lives().accessToken();
    var fresh =
        new Grant(
            ground.mint().id("g_"),
            client.id(),
            person.subject(),
            Grant.BY_ASSERTION,
            assertion.resource(),
            scope,
            now,
            now,
            now.plus(life).plusSeconds(60),
            key);
    Optional<Grant> grant = ground.transact(h -> store(h, assertion, fresh, person));
    if (grant.isEmpty()) {
      return invalid("The assertion was used before.");
    }
    String jwt =
        signed
            .make(
                grant.get().id(),
                person,
                client.id(),
                assertion.resource(),
                scope,
                now.plus(life),
                key)
            .jwt();
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("access_token", jwt);
    body.put("token_type", key.isPresent() ? "DPoP" : "Bearer");
    body.put("expires_in", life.toSeconds());
    body.put("scope", scope);
    return new TokenResult.Issued(body);
  }

  /** The grant: one for each client, person and service, however many assertions come. */
  private Optional<Grant> store(Handle h, Assertion assertion, Grant fresh, PersonRow person) {
    if (!EnterpriseStore.use(h, assertion.hash(), assertion.ends())) {
      return Optional.empty();
    }
    Optional<Grant> same =
        GrantStore.same(h, fresh.client(), fresh.subject(), fresh.resource(), Grant.BY_ASSERTION);
    Grant grant = same.orElse(fresh);
    if (same.isPresent()) {
      GrantStore.extend(h, grant.id(), fresh.usedAt(), fresh.endsAt());
    } else {
      GrantStore.insert(h, grant);
      ClientStore.markUsed(h, grant.client(), grant.createdAt());
    }
    Map<String, String> noted = new LinkedHashMap<>(TokenEndpoint.noted(grant, person));
    noted.put("provider", assertion.issuer());
    ground.journal().note("token_issued", noted);
    ground.clock().keep(h);
    grants.begins(grant.id());
    return Optional.of(grant);
  }

  private static TokenResult invalid(String text) {
    return new Refused("invalid_grant", Reason.ASSERTION_REFUSED, text);
  }
}
