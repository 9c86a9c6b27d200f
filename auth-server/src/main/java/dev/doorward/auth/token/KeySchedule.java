package dev.doorward.auth.token;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * When signing keys come and go; pure.
 *
 * @param signing how long one key signs
 * @param ahead how long a key is published before it signs for the first time
 * @param kept how long a key is published after it has signed for the last time: the life of the
 *     longest token and the difference between two clocks
 */
public record KeySchedule(Duration signing, Duration ahead, Duration kept) {
  /** A month of signing, published a day ahead. */
  public static KeySchedule standard(Duration longestToken) {
    return new KeySchedule(
        Duration.ofDays(30), Duration.ofHours(24), longestToken.plus(Duration.ofMinutes(2)));
  }

  /**
   * Throws IllegalArgumentException where a key would have to be made before the last one signs.
   */
  public KeySchedule {
    if (signing.compareTo(ahead) <= 0 || ahead.isNegative() || kept.isNegative()) {
      throw new IllegalArgumentException("a key must sign for longer than it is published ahead");
    }
  }

  /** When a key signs. */
  record Turn(Instant from, Instant until) {}

  /** The turn of the key that is to be made now, or empty where none is due. */
  Optional<Turn> due(List<Turn> turns, Instant now) {
    Optional<Turn> last = turns.stream().max(Comparator.comparing(Turn::from));
    if (last.isEmpty()) {
      return Optional.of(new Turn(now, now.plus(signing)));
    }
    Instant ends = last.get().until();
    if (now.isBefore(ends.minus(ahead))) {
      return Optional.empty();
    }
    // After a long pause the last key goes on until the new one was published for long enough.
    Instant soonest = now.plus(ahead);
    Instant from = ends.isAfter(soonest) ? ends : soonest;
    return Optional.of(new Turn(from, from.plus(signing)));
  }

  /** Whether no token of that key can be valid any more. */
  boolean isOver(Turn turn, Instant now) {
    return now.isAfter(turn.until().plus(kept));
  }
}
