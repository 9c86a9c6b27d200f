package dev.doorward.auth.engine;

import dev.doorward.auth.engine.AuthReply.Header;
import dev.doorward.common.outcome.Reason;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;

/**
 * An endpoint for programs that a network may have refuse it only so often: 600 times in 10
 * minutes; then it is told to wait before anything is looked at.
 */
public final class Failures {
  private static final int MOST = 600;
  private static final Duration PERIOD = Duration.ofMinutes(10);

  private final Allowance allowance;

  /** Counts by {@code clock}. */
  public Failures(InstantSource clock) {
    this.allowance = new Allowance(clock, MOST, PERIOD);
  }

  /** The answer of {@code endpoint}, or 429. */
  public AuthReply guard(AuthCall call, Endpoint endpoint) {
    Network network = Network.of(call.remote());
    Optional<Duration> wait = allowance.wait(network);
    if (wait.isPresent()) {
      return JsonReply.error(
          429,
          "temporarily_unavailable",
          Reason.ADDRESS_LIMITED,
          "Too many refused requests from this network; try again later.",
          new Header("Retry-After", Allowance.seconds(wait.get())));
    }
    AuthReply reply = endpoint.handle(call);
    // Who is told when to come again did nothing wrong.
    boolean later = reply.headers().stream().anyMatch(h -> h.name().equals("Retry-After"));
    if (reply.status() >= 400 && reply.status() < 500 && !later) {
      allowance.spend(network);
    }
    return reply;
  }
}
