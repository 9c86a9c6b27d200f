package dev.doorward.agent.identity;

import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Problem;
import dev.doorward.config.value.HostPort;
import dev.doorward.transport.link.control.EnrolReply;
import dev.doorward.transport.link.control.RenewRequest;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Supplier;

/**
 * The way back of an agent that slept past the end of its certificate: it asks the edge for a fresh
 * one, signed for by the same key, over a connection of its own. Safe on any thread.
 */
public final class Revival {
  private final EnrolClient client;
  private final Renewal renewal;
  private final KeyRing keys;
  private final Supplier<HostPort> edge;
  private final String software;
  private final Executor blocking;
  private CompletableFuture<Optional<Problem>> running =
      CompletableFuture.completedFuture(Optional.empty());

  /** A revival over {@code client}; {@code software} is this agent's version. */
  public Revival(
      EnrolClient client,
      Renewal renewal,
      KeyRing keys,
      Supplier<HostPort> edge,
      String software,
      Executor blocking) {
    this.client = client;
    this.renewal = renewal;
    this.keys = keys;
    this.edge = edge;
    this.software = software;
    this.blocking = blocking;
  }

  /** Asks now, once for all who wait; completes with why it did not work, or empty. */
  public synchronized CompletableFuture<Optional<Problem>> now() {
    if (running.isDone()) {
      running = CompletableFuture.supplyAsync(this::ask, blocking);
    }
    return running;
  }

  private Optional<Problem> ask() {
    if (!renewal.expired()) {
      return Optional.empty();
    }
    AgentIdentity identity = renewal.identity();
    Outcome<EnrolReply> reply =
        client.renew(
            Renewal.pin(identity.ca()),
            edge.get(),
            new RenewRequest(identity.agent(), identity.key().request(), software));
    return switch (reply.then(
        granted -> renewal.accept(granted.chain()).then(x -> taken(granted)))) {
      case Outcome.Ok<EnrolReply> ok -> Optional.empty();
      case Outcome.Failed<EnrolReply>(Problem problem) -> Optional.of(problem);
    };
  }

  private Outcome<EnrolReply> taken(EnrolReply granted) {
    return keys.offer(granted.keys())
        .<Outcome<EnrolReply>>map(Outcome::failed)
        .orElseGet(() -> Outcome.ok(granted));
  }
}
