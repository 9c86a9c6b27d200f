package dev.doorward.auth.authorize;

import dev.doorward.auth.client.RedirectRule;
import dev.doorward.auth.engine.Ground;
import dev.doorward.auth.engine.Scopes;
import dev.doorward.auth.store.GrantStore;
import dev.doorward.auth.store.GrantStore.Grant;
import dev.doorward.auth.store.RequestStore.Waiting;
import dev.doorward.common.identity.ServiceName;
import dev.doorward.common.identity.Subject;
import java.util.List;

/**
 * What a person allowed before, which is what their account page shows: the grants that live. There
 * is no other memory of consent, so what is revoked or ran out is asked for again.
 */
record Consents(Ground ground) {

  /**
   * What a request comes to.
   *
   * @param scope what it asks for together with what the client has at that resource already
   * @param remembered whether the same person allowed exactly that before and need not be asked
   */
  record Sum(String scope, boolean remembered) {}

  Sum of(Subject subject, Waiting waiting, ServiceName service) {
    List<Grant> before =
        ground.transact(h ->
            GrantStore.between(
                h, subject, waiting.client(), waiting.resource(), ground.clock().instant()));
    Scopes scopes = ground.settings().scopes();
    String all = waiting.scope();
    for (Grant grant : before) {
      all = scopes.union(all, grant.scope(), service);
    }
    return new Sum(all, mayBeSkipped(waiting) && allowed(before, waiting, all));
  }

  /**
   * Where the answer goes to a program on the person's device nobody can tell which one it is (RFC
   * 8252 section 8.6), so the person is asked each time.
   */
  private static boolean mayBeSkipped(Waiting waiting) {
    return !waiting.asks() && !RedirectRule.isLocal(waiting.redirectUri());
  }

  private static boolean allowed(List<Grant> before, Waiting waiting, String scope) {
    String host = RedirectRule.shown(waiting.redirectUri());
    return before.stream()
        .anyMatch(grant ->
            Scopes.same(grant.scope(), scope)
                && RedirectRule.shown(grant.redirectUri()).equals(host));
  }
}
