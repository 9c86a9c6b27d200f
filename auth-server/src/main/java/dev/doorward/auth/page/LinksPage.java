package dev.doorward.auth.page;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A person's accounts elsewhere.
 *
 * @param fixed whether the person came in by one of them and signs in in no other way
 * @param upstream buttons that link another
 */
public record LinksPage(
    List<Line> links,
    boolean fixed,
    UpstreamButtons upstream,
    String csrf,
    Optional<Phrase> problem) {
  /** Copies the links. */
  public LinksPage {
    links = List.copyOf(links);
  }

  /** An account elsewhere. */
  public record Line(String id, String provider, String shown, Instant since, Instant used) {}
}
