package dev.doorward.auth.page;

import java.time.Instant;
import java.util.List;

/**
 * The account page.
 *
 * @param grants newest first
 */
public record AccountPage(String person, boolean owner, List<Line> grants, String csrf) {
  /** Copies the grants. */
  public AccountPage {
    grants = List.copyOf(grants);
  }

  /** A grant as a person reads it. */
  public record Line(
      String id, String client, String service, String target, Instant since, Instant used) {}
}
