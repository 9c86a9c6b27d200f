package dev.doorward.agent.link;

import dev.doorward.config.value.HostPort;
import dev.doorward.transport.link.LinkSettings;
import java.time.Duration;
import java.time.InstantSource;
import java.util.concurrent.Executor;
import java.util.random.RandomGenerator;

/**
 * What the links need to know.
 *
 * @param count 1 to 8
 * @param connectTimeout from the name of the edge to the end of the handshake
 * @param software version of this agent
 * @param instance new at each start, 16 to 64 characters
 * @param blocking verifies and stores; virtual threads
 */
public record LinksSettings(
    HostPort edge,
    int count,
    Duration connectTimeout,
    LinkSettings link,
    String software,
    String instance,
    InstantSource clock,
    RandomGenerator random,
    Executor blocking) {
  /** The same with other ways of dialling. */
  public LinksSettings withDial(HostPort newEdge, Duration newTimeout, LinkSettings newLink) {
    return new LinksSettings(
        newEdge, count, newTimeout, newLink, software, instance, clock, random, blocking);
  }
}
