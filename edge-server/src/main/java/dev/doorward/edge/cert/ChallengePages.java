package dev.doorward.edge.cert;

import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/** The pages that prove names over http-01 (RFC 8555 section 8.3). Safe on any thread. */
final class ChallengePages {
  static final String PREFIX = "/.well-known/acme-challenge/";

  private final ConcurrentMap<String, String> pages = new ConcurrentHashMap<>();

  void put(String token, String authorization) {
    pages.put(token, authorization);
  }

  void remove(String token) {
    pages.remove(token);
  }

  /** The page at {@code path}, or empty where there is none. */
  Optional<String> at(String path) {
    return path.startsWith(PREFIX)
        ? Optional.ofNullable(pages.get(path.substring(PREFIX.length())))
        : Optional.empty();
  }
}
