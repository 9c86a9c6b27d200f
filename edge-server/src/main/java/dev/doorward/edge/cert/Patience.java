package dev.doorward.edge.cert;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import org.shredzone.acme4j.PollableResource;
import org.shredzone.acme4j.Status;
import org.shredzone.acme4j.exception.AcmeException;

/**
 * Asks how something is doing until it is done: soon at first, then every few seconds, as seldom as
 * the authority wants, and for a bounded time.
 */
final class Patience {
  private static final Duration FIRST = Duration.ofMillis(250);
  private static final Duration MOST = Duration.ofSeconds(5);
  private static final Duration MOST_WANTED = Duration.ofSeconds(30);

  /** Lets time pass. */
  @FunctionalInterface
  interface Pause {
    void pause(Duration time) throws InterruptedException;
  }

  private final InstantSource clock;
  private final Pause pause;
  private final Duration limit;

  /** Waits at most {@code limit} for each thing. */
  Patience(InstantSource clock, Pause pause, Duration limit) {
    this.clock = clock;
    this.pause = pause;
    this.limit = limit;
  }

  /** The status when it is one of {@code wanted}, or invalid, or when the time is over. */
  Status until(PollableResource resource, Status... wanted)
      throws AcmeException, InterruptedException {
    Set<Status> done = Set.of(wanted);
    Instant end = clock.instant().plus(limit);
    Duration step = FIRST;
    while (true) {
      Optional<Instant> retryAt = resource.fetch();
      Status status = resource.getStatus();
      Instant now = clock.instant();
      if (done.contains(status) || status == Status.INVALID || !now.isBefore(end)) {
        return status;
      }
      Duration asked = retryAt.map(at -> Duration.between(now, at)).orElse(step);
      Duration next = asked.compareTo(step) < 0 ? step : asked;
      pause.pause(next.compareTo(MOST_WANTED) > 0 ? MOST_WANTED : next);
      step = step.multipliedBy(2);
      step = step.compareTo(MOST) > 0 ? MOST : step;
    }
  }
}
