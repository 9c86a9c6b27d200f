package dev.doorward.transport.tls;

import io.netty.handler.ssl.SslContext;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * Contexts that can be swapped while the port is open. One snapshot holds all three, so a
 * connection never sees half a swap. Safe on any thread.
 */
public final class LiveContexts implements ServerContexts {
  /**
   * What is served now.
   *
   * @param publicContext empty until there is a certificate; clients are then turned away
   * @param publicNames lower-case server names of the public context, {@code *.} standing for one
   *     label; empty means any. A client that names none is served in any case: what it asks for is
   *     checked in its requests
   */
  public record Snapshot(
      Optional<SslContext> publicContext,
      Set<String> publicNames,
      SslContext link,
      SslContext enrol) {
    /** Copies the names. */
    public Snapshot {
      publicNames = Set.copyOf(publicNames);
    }

    /** With a public certificate. */
    public Snapshot(
        SslContext publicContext, Set<String> publicNames, SslContext link, SslContext enrol) {
      this(Optional.of(publicContext), publicNames, link, enrol);
    }
  }

  private final ConcurrentMap<String, SslContext> challenges = new ConcurrentHashMap<>();
  private volatile Snapshot current;

  /** Starts with {@code first}. */
  public LiveContexts(Snapshot first) {
    this.current = first;
  }

  /** From the next connection on, {@code next} is served; open connections keep what they have. */
  public void swap(Snapshot next) {
    this.current = next;
  }

  /** Answers a certificate authority that asks about {@code serverName}, until it is withdrawn. */
  public void offer(String serverName, SslContext challenge) {
    challenges.put(serverName, challenge);
  }

  /** Answers about {@code serverName} no more. */
  public void withdraw(String serverName) {
    challenges.remove(serverName);
  }

  @Override
  public Optional<SslContext> publicFor(Optional<String> serverName) {
    Snapshot now = current;
    boolean known =
        now.publicNames().isEmpty()
            || serverName.map(name -> covers(now.publicNames(), name)).orElse(true);
    return known ? now.publicContext() : Optional.empty();
  }

  private static boolean covers(Set<String> names, String name) {
    int dot = name.indexOf('.');
    return names.contains(name) || (dot > 0 && names.contains("*" + name.substring(dot)));
  }

  @Override
  public Optional<SslContext> challenge(Optional<String> serverName) {
    return serverName.map(challenges::get);
  }

  @Override
  public SslContext link() {
    return current.link();
  }

  @Override
  public SslContext enrol() {
    return current.enrol();
  }
}
