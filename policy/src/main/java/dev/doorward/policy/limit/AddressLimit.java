package dev.doorward.policy.limit;

import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;

/**
 * A rate with a burst for each address prefix: the generic cell rate algorithm, whose whole state
 * is the moment at which the prefix would be back at nothing used.
 *
 * @param perSecond sustained rate, at least 1
 * @param burst how many may come at once, at least 1
 */
public record AddressLimit(int perSecond, int burst) {

  /** Whether one more is within the limit. */
  public sealed interface Outcome {
    /** It is, and was counted. */
    record Taken() implements Outcome {}

    /** It is not, and was not counted; after {@code retryIn} one will be. */
    record Spent(Duration retryIn) implements Outcome {}
  }

  private static final Outcome TAKEN = new Outcome.Taken();

  /** Throws IllegalArgumentException for a rate or burst below 1. */
  public AddressLimit {
    if (perSecond < 1 || burst < 1) {
      throw new IllegalArgumentException("rate and burst start at 1");
    }
  }

  /** Takes one from the credit of {@code address}. */
  public Outcome take(InetAddress address, AddressCredit credit, Instant now) {
    long interval = 1_000_000_000L / perSecond;
    long tolerance = interval * (burst - 1);
    long at =
        Math.addExact(Math.multiplyExact(now.getEpochSecond(), 1_000_000_000L), now.getNano());
    long before =
        credit.getAndUpdate(
            AddressPrefix.of(address),
            old -> {
              long start = Math.max(old, at);
              return start - at <= tolerance ? start + interval : old;
            });
    long used = Math.max(before, at) - at;
    return used <= tolerance ? TAKEN : new Outcome.Spent(Duration.ofNanos(used - tolerance));
  }
}
