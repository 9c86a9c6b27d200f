package dev.doorward.auth.page;

import java.time.Instant;
import java.util.List;

/**
 * The account page.
 *
 * @param grants newest first
 * @param visits where the person is signed in, the last used first
 * @param doors how they sign in, and what they may change about it
 */
public record AccountPage(
    String person,
    boolean owner,
    List<Line> grants,
    List<Visit> visits,
    List<Door> doors,
    String csrf) {
  /** Copies the lists. */
  public AccountPage {
    grants = List.copyOf(grants);
    visits = List.copyOf(visits);
    doors = List.copyOf(doors);
  }

  /**
   * A grant as a person reads it.
   *
   * @param target where the answer went; empty where it went nowhere
   * @param local whether the answer went to a program on the person's own device
   */
  public record Line(
      String id,
      String client,
      String service,
      String target,
      boolean local,
      Instant since,
      Instant used) {}

  /**
   * A session.
   *
   * @param browser or empty where it is not known
   * @param here whether it is the one that asks
   */
  public record Visit(
      String id,
      String browser,
      String network,
      Phrase method,
      Instant since,
      Instant seen,
      boolean here) {}

  /** A page about one way to sign in, and what there is of it. */
  public record Door(String path, Phrase name, Phrase state) {}
}
