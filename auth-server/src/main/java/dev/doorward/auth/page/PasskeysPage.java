package dev.doorward.auth.page;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A person's passkeys.
 *
 * @param handle the person's random name for authenticators, base64url
 * @param ask what a new passkey answers; empty where there can be no more
 * @param known credential identifiers that are there already, base64url, separated by blanks
 * @param algorithms COSE numbers, separated by blanks
 * @param suggestion a name for the new one
 */
public record PasskeysPage(
    String person,
    String handle,
    Optional<PasskeyAsk> ask,
    String known,
    String algorithms,
    String suggestion,
    List<Line> passkeys,
    String csrf,
    Optional<Phrase> problem) {
  /** Copies the passkeys. */
  public PasskeysPage {
    passkeys = List.copyOf(passkeys);
  }

  /**
   * A passkey.
   *
   * @param backedUp whether it lives in an account that carries it to other devices
   * @param alarmed whether there may be a copy of it
   */
  public record Line(
      String id,
      String name,
      boolean backedUp,
      boolean alarmed,
      Instant since,
      Optional<Instant> used) {}
}
