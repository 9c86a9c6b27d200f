package dev.doorward.auth;

import dev.doorward.auth.engine.Ground;
import dev.doorward.auth.login.Eviction;
import dev.doorward.auth.personal.PersonalTokens;
import dev.doorward.auth.store.GrantStore;
import dev.doorward.auth.store.SessionStore;
import dev.doorward.auth.token.LiveGrants;
import dev.doorward.common.identity.Subject;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Ends everything that a person holds; open streams of theirs are cut. */
record Farewell(Ground ground, LiveGrants grants, PersonalTokens personal) implements Eviction {

  @Override
  public void evict(Subject subject, String event, Map<String, String> fields) {
    List<String> ended =
        ground.transact(h -> {
          SessionStore.deleteAll(h, subject);
          List<String> ids =
              GrantStore.of(h, subject, ground.clock().instant()).stream()
                  .map(named -> named.grant().id())
                  .toList();
          ids.forEach(id -> GrantStore.delete(h, id));
          return ids;
        });
    ended.forEach(grants::ended);
    personal.of(subject).forEach(t -> personal.revoke(t.id(), Optional.of(subject), "provider"));
    ground.journal().alert(event, fields);
  }
}
