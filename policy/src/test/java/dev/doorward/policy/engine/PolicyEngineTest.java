package dev.doorward.policy.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.doorward.common.call.CallView;
import dev.doorward.common.identity.ClientId;
import dev.doorward.common.identity.Issuer;
import dev.doorward.common.identity.Resource;
import dev.doorward.common.identity.ServiceName;
import dev.doorward.common.identity.Subject;
import dev.doorward.common.outcome.Reason;
import dev.doorward.common.token.AccessToken;
import dev.doorward.common.token.TokenCheck;
import dev.doorward.policy.authz.AccessRules;
import dev.doorward.policy.authz.ScopeRule;
import dev.doorward.policy.authz.ScopeRules;
import dev.doorward.policy.limit.AddressLimit;
import java.lang.reflect.Constructor;
import java.lang.reflect.Modifier;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PolicyEngineTest {
  private static final Instant NOW = Instant.parse("2026-11-20T12:00:00Z");
  private static final Issuer ISSUER = new Issuer("https://edge.example");
  private static final ServiceName NOTES = new ServiceName("notes");
  private static final AddressLimit ADDRESS = new AddressLimit(10, 2);
  private static final AccessRules ANYTHING = (_, _) -> true;

  private static AccessToken token(Resource audience, String scope, Instant expires) {
    return new AccessToken(
        ISSUER,
        new Subject("s1"),
        "ann",
        new ClientId("c1"),
        audience,
        Set.of(scope),
        "g1",
        "t1",
        NOW.minusSeconds(60),
        expires,
        Optional.empty());
  }

  private static AccessToken good() {
    return token(ISSUER.resourceOf(NOTES), "mcp", NOW.plusSeconds(60));
  }

  private static CallView view(TokenCheck check) {
    return new CallView(
        "c",
        NOTES,
        ISSUER.resourceOf(NOTES),
        "POST",
        "tools/call",
        "echo",
        InetAddress.getLoopbackAddress(),
        check);
  }

  private static CallView view(AccessToken token) {
    return view(new TokenCheck.Verified(token));
  }

  private static PolicySnapshot snapshot(AccessRules access) {
    return new PolicySnapshot(ADDRESS, _ -> false, access, ScopeRules.only("mcp"));
  }

  @Test
  void aGoodTokenOfSomebodyWhoMayUseTheServiceGivesAPermit() {
    Decision decision = PolicyEngine.decide(view(good()), snapshot(ANYTHING), NOW);

    assertThat(decision)
        .isInstanceOfSatisfying(Permit.class, p -> assertThat(p.token()).isEqualTo(good()));
  }

  @Test
  void whereNothingWasSaidNobodyMayUseAnything() {
    assertThat(PolicyEngine.decide(view(good()), snapshot(AccessRules.NOTHING), NOW))
        .isEqualTo(new Deny.Forbidden(Reason.SERVICE_NOT_ALLOWED));
  }

  @ParameterizedTest
  @EnumSource(
      value = Reason.class,
      names = {"TOKEN_MISSING", "TOKEN_MALFORMED", "TOKEN_SIGNATURE_INVALID", "TOKEN_EXPIRED"})
  void aTokenThatWasRejectedStaysRejected(Reason reason) {
    assertThat(PolicyEngine.decide(view(new TokenCheck.Rejected(reason)), snapshot(ANYTHING), NOW))
        .isEqualTo(new Deny.Unauthenticated(reason));
  }

  @Test
  void aTokenForAnotherServiceIsWorthNothingHereEvenWhenVerified() {
    Resource other = ISSUER.resourceOf(new ServiceName("files"));

    assertThat(
            PolicyEngine.decide(
                view(token(other, "mcp", NOW.plusSeconds(60))), snapshot(ANYTHING), NOW))
        .isEqualTo(new Deny.Unauthenticated(Reason.TOKEN_AUDIENCE_MISMATCH));
  }

  @Test
  void aTokenEndsAtItsMomentHoweverLongAgoItWasVerified() {
    assertThat(
            PolicyEngine.decide(
                view(token(ISSUER.resourceOf(NOTES), "mcp", NOW)), snapshot(ANYTHING), NOW))
        .isEqualTo(new Deny.Unauthenticated(Reason.TOKEN_EXPIRED));
  }

  @Test
  void aRevokedTokenIsRefused() {
    var snapshot = new PolicySnapshot(ADDRESS, good()::equals, ANYTHING, ScopeRules.only("mcp"));

    assertThat(PolicyEngine.decide(view(good()), snapshot, NOW))
        .isEqualTo(new Deny.Unauthenticated(Reason.TOKEN_REVOKED));
  }

  @Test
  void aTokenWithoutTheScopeIsForbidden() {
    assertThat(
            PolicyEngine.decide(
                view(token(ISSUER.resourceOf(NOTES), "other", NOW.plusSeconds(60))),
                snapshot(ANYTHING),
                NOW))
        .isEqualTo(new Deny.InsufficientScope(List.of("mcp")));
  }

  @Test
  void whoMayNotUseTheServiceIsNotToldWhichScopesItHas() {
    var snapshot =
        new PolicySnapshot(ADDRESS, _ -> false, AccessRules.NOTHING, ScopeRules.only("other"));

    assertThat(PolicyEngine.decide(view(good()), snapshot, NOW))
        .isEqualTo(new Deny.Forbidden(Reason.SERVICE_NOT_ALLOWED));
  }

  @Test
  void toolThatNeedsMoreIsDeniedWithEverythingThatItNeeds() {
    var rules =
        new ScopeRules(
            "mcp",
            List.of(
                new ScopeRule("notes:all", NOTES, List.of("*")),
                new ScopeRule("notes:echo", NOTES, List.of("ec*"))));
    var snapshot = new PolicySnapshot(ADDRESS, _ -> false, ANYTHING, rules);

    assertThat(PolicyEngine.decide(view(good()), snapshot, NOW))
        .isEqualTo(new Deny.InsufficientScope(List.of("mcp", "notes:all", "notes:echo")));
    AccessToken all =
        new AccessToken(
            ISSUER,
            new Subject("s1"),
            "ann",
            new ClientId("c1"),
            ISSUER.resourceOf(NOTES),
            Set.of("mcp", "notes:all", "notes:echo", "more"),
            "g1",
            "t1",
            NOW.minusSeconds(60),
            NOW.plusSeconds(60),
            Optional.empty());
    assertThat(PolicyEngine.decide(view(all), snapshot, NOW)).isInstanceOf(Permit.class);
  }

  @Test
  void unknownCallersShareTheCreditOfTheirAddress() {
    var state = new AtomicLong(Long.MIN_VALUE);
    InetAddress remote = InetAddress.getLoopbackAddress();
    PolicySnapshot snapshot = snapshot(ANYTHING);

    assertThat(PolicyEngine.admit(remote, snapshot, (_, c) -> state.getAndUpdate(c), NOW))
        .isEmpty();
    assertThat(PolicyEngine.admit(remote, snapshot, (_, c) -> state.getAndUpdate(c), NOW))
        .isEmpty();
    assertThat(PolicyEngine.admit(remote, snapshot, (_, c) -> state.getAndUpdate(c), NOW))
        .contains(new Deny.Limited(Reason.ADDRESS_LIMITED, Duration.ofMillis(100)));
  }

  @Test
  void onlyThisPackageCanMakeAPermit() {
    for (Constructor<?> constructor : Permit.class.getDeclaredConstructors()) {
      int modifiers = constructor.getModifiers();
      assertThat(Modifier.isPublic(modifiers) || Modifier.isProtected(modifiers)).isFalse();
    }
    assertThat(Modifier.isFinal(Permit.class.getModifiers())).isTrue();
  }
}
