package dev.doorward.auth.fetch;

import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How long an answer may be kept (RFC 9111 section 4.2), for a cache of one's own. */
final class Freshness {
  private static final Pattern MAX_AGE =
      Pattern.compile("(?:^|[,\\s])max-age\\s*=\\s*\"?([0-9]{1,9})\"?(?:$|[,\\s])");
  private static final Pattern NOT_AT_ALL =
      Pattern.compile("(?:^|[,\\s])(?:no-store|no-cache)(?:$|[,\\s=])");

  private Freshness() {}

  /** The time, or empty where the headers say nothing; {@code headers} by lower-case name. */
  static Optional<Duration> of(Function<String, Optional<String>> headers) {
    String control = headers.apply("cache-control").orElse("").toLowerCase(Locale.ROOT);
    if (NOT_AT_ALL.matcher(control).find()) {
      return Optional.of(Duration.ZERO);
    }
    Matcher maxAge = MAX_AGE.matcher(control);
    if (maxAge.find()) {
      long age =
          headers
              .apply("age")
              .filter(text -> text.matches("[0-9]{1,9}"))
              .map(Long::parseLong)
              .orElse(0L);
      return Optional.of(Duration.ofSeconds(Math.max(0, Long.parseLong(maxAge.group(1)) - age)));
    }
    Optional<Instant> expires = headers.apply("expires").flatMap(Freshness::time);
    Optional<Instant> date = headers.apply("date").flatMap(Freshness::time);
    if (expires.isEmpty() || date.isEmpty()) {
      return Optional.empty();
    }
    Duration life = Duration.between(date.get(), expires.get());
    return Optional.of(life.isNegative() ? Duration.ZERO : life);
  }

  private static Optional<Instant> time(String text) {
    try {
      return Optional.of(DateTimeFormatter.RFC_1123_DATE_TIME.parse(text, Instant::from));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }
}
