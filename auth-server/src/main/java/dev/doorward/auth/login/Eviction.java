package dev.doorward.auth.login;

import dev.doorward.common.identity.Subject;
import java.util.Map;

/** Ends everything that a person holds: sessions, grants, tokens. */
@FunctionalInterface
public interface Eviction {
  /** Ends it durably, and writes down why. */
  void evict(Subject subject, String event, Map<String, String> fields);
}
