package dev.doorward.agent.bridge;

import java.security.SecureRandom;
import java.util.Base64;
import java.util.Collection;
import java.util.Comparator;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The sessions of one service. Each belongs to one caller, for whom alone it is there. */
final class Sessions {
  private static final int ID_BYTES = 24;

  private final Map<String, Session> byId = new ConcurrentHashMap<>();
  private final SecureRandom random;

  Sessions(SecureRandom random) {
    this.random = random;
  }

  /** An id that nobody can guess. */
  String newId() {
    byte[] bytes = new byte[ID_BYTES];
    random.nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  void add(Session session) {
    byId.put(session.id(), session);
  }

  void remove(Session session) {
    byId.remove(session.id());
  }

  /** The caller's session of that id. */
  Optional<Session> find(@Nullable String id, Caller caller) {
    return Optional.ofNullable(id)
        .map(byId::get)
        .filter(session -> session.belongsTo(caller) && !session.isEnded());
  }

  int size() {
    return byId.size();
  }

  Collection<Session> all() {
    return byId.values();
  }

  /** Ends the session that nobody uses since the longest time; false where all are in use. */
  boolean endLeastUsed() {
    Optional<Session> least =
        byId.values().stream()
            .filter(each -> !each.inUse() && !each.isEnded())
            .min(Comparator.comparingLong(Session::lastUsed));
    least.ifPresent(this::end);
    return least.isPresent();
  }

  /** Ends those that nobody used since {@code idleNanos}. */
  void endIdle(long now, long idleNanos) {
    byId.values().stream().filter(each -> now - each.lastUsed() >= idleNanos).forEach(this::end);
  }

  void end(Session session) {
    byId.remove(session.id());
    session.end();
  }

  void endAll() {
    byId.values().forEach(this::end);
  }
}
