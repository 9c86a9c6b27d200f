package dev.doorward.edge.main;

import dev.doorward.policy.authn.RevokedTokens;
import dev.doorward.policy.authz.AccessRules;
import dev.doorward.policy.authz.ScopeRule;
import dev.doorward.policy.authz.ScopeRules;
import dev.doorward.policy.engine.PolicySnapshot;
import dev.doorward.policy.limit.AddressLimit;
import java.util.List;
import java.util.function.Supplier;

/**
 * The policy that a call is judged by: the same one until an auth-server of its own process says
 * other scopes. Safe on any thread.
 */
final class CurrentPolicy implements Supplier<PolicySnapshot> {
  private final AddressLimit limit;
  private final RevokedTokens revoked;
  private final AccessRules access;
  private final String everybody;
  private final Supplier<List<ScopeRule>> scopes;
  private volatile Made last;

  private record Made(List<ScopeRule> scopes, PolicySnapshot policy) {}

  CurrentPolicy(
      AddressLimit limit,
      RevokedTokens revoked,
      AccessRules access,
      String everybody,
      Supplier<List<ScopeRule>> scopes) {
    this.limit = limit;
    this.revoked = revoked;
    this.access = access;
    this.everybody = everybody;
    this.scopes = scopes;
    this.last = made(scopes.get());
  }

  @Override
  @SuppressWarnings("ReferenceEquality")
  public PolicySnapshot get() {
    List<ScopeRule> now = scopes.get();
    Made made = last;
    if (made.scopes() != now) {
      made = made(now);
      last = made;
    }
    return made.policy();
  }

  private Made made(List<ScopeRule> now) {
    return new Made(
        now, new PolicySnapshot(limit, revoked, access, new ScopeRules(everybody, now)));
  }
}
