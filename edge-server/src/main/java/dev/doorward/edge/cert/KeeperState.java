package dev.doorward.edge.cert;

import dev.doorward.common.outcome.Reason;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What the keeper remembers over restarts, so that a process that starts again and again asks no
 * more often than one that runs.
 *
 * @param settings what is ordered and of whom; other settings begin anew
 * @param attempts orders that were begun, ever
 * @param alarmed when somebody was told last that the certificate ends
 */
record KeeperState(String settings, long attempts, Instant alarmed, Tries tries, Renewal renewal) {

  /**
   * Attempts since the last success.
   *
   * @param failures how many, the one under way included
   * @param unproven how many failed because a name could not be proven: each turns to the next
   *     challenge
   * @param notBefore no attempt before
   * @param reason code of the last failure, empty where there is none; {@code text} says more
   * @param authorities how each authority has been doing, by name
   */
  record Tries(
      int failures,
      int unproven,
      Instant notBefore,
      String reason,
      String text,
      Map<String, OneAuthority> authorities) {
    static final Tries NONE = new Tries(0, 0, Instant.EPOCH, "", "", Map.of());

    /** Copies the map. */
    Tries {
      authorities = Map.copyOf(authorities);
    }

    OneAuthority of(String authority) {
      return authorities.getOrDefault(authority, new OneAuthority(0, Instant.EPOCH));
    }
  }

  /** Failures in a row of one authority, and when it wants to be asked again. */
  record OneAuthority(int failures, Instant retryAt) {}

  /**
   * About the certificate that is there.
   *
   * @param issuedBy the authority's name; empty where there is no certificate
   * @param fraction from 0 to 1: where in its window it is renewed
   * @param window when the authority wants it replaced, where it has said so
   * @param askAt when to ask for the window
   */
  record Renewal(String issuedBy, double fraction, Optional<RenewalWindow> window, Instant askAt) {}

  /** Nothing has happened yet. */
  static KeeperState fresh(String settings) {
    return new KeeperState(
        settings,
        0,
        Instant.EPOCH,
        Tries.NONE,
        new Renewal("", 0, Optional.empty(), Instant.EPOCH));
  }

  /** Other settings: past failures say nothing about them. */
  KeeperState with(String other) {
    return new KeeperState(other, attempts, alarmed, Tries.NONE, renewal);
  }

  KeeperState with(Renewal other) {
    return new KeeperState(settings, attempts, alarmed, tries, other);
  }

  KeeperState alarmedAt(Instant now) {
    return new KeeperState(settings, attempts, now, tries, renewal);
  }

  /** The operator asks now. */
  KeeperState withoutWaiting() {
    return with(settings);
  }

  /** An attempt begins; it counts as failed until it has succeeded. */
  KeeperState begun(String authority, Instant notBefore) {
    Map<String, OneAuthority> all = new HashMap<>(tries.authorities());
    OneAuthority one = tries.of(authority);
    all.put(authority, new OneAuthority(one.failures() + 1, one.retryAt()));
    var next =
        new Tries(
            tries.failures() + 1, tries.unproven(), notBefore, tries.reason(), tries.text(), all);
    return new KeeperState(settings, attempts + 1, alarmed, next, renewal);
  }

  /** The attempt has failed. */
  KeeperState failed(String authority, Reason reason, String text, Instant retryAt) {
    Map<String, OneAuthority> all = new HashMap<>(tries.authorities());
    all.put(authority, new OneAuthority(tries.of(authority).failures(), retryAt));
    int unproven = tries.unproven() + (reason == Reason.ACME_VALIDATION_FAILED ? 1 : 0);
    var next = new Tries(tries.failures(), unproven, tries.notBefore(), reason.code(), text, all);
    return new KeeperState(settings, attempts, alarmed, next, renewal);
  }

  /** The attempt has succeeded; the next one begins no earlier than {@code notBefore}. */
  KeeperState done(String authority, double fraction, Instant notBefore) {
    return new KeeperState(
        settings,
        attempts,
        Instant.EPOCH,
        // The challenge that worked is the first to be tried next time.
        new Tries(0, tries.unproven(), notBefore, "", "", Map.of()),
        new Renewal(authority, fraction, Optional.empty(), Instant.EPOCH));
  }
}
