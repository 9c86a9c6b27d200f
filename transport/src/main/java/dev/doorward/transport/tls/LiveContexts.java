package dev.doorward.transport.tls;

import io.netty.handler.ssl.SslContext;
import java.util.Optional;
import java.util.Set;

/**
 * Contexts that can be swapped while the port is open. One snapshot holds all three, so a
 * connection never sees half a swap. Safe on any thread.
 */
public final class LiveContexts implements ServerContexts {
  /**
   * What is served now.
   *
   * @param publicNames lower-case server names of the public context; empty means any. A client
   *     that names none is served in any case: what it asks for is checked in its requests
   */
  public record Snapshot(
      SslContext publicContext, Set<String> publicNames, SslContext link, SslContext enrol) {
    /** Copies the names. */
    public Snapshot {
      publicNames = Set.copyOf(publicNames);
    }
  }

  private volatile Snapshot current;

  /** Starts with {@code first}. */
  public LiveContexts(Snapshot first) {
    this.current = first;
  }

  /** From the next connection on, {@code next} is served; open connections keep what they have. */
  public void swap(Snapshot next) {
    this.current = next;
  }

  @Override
  public Optional<SslContext> publicFor(Optional<String> serverName) {
    Snapshot now = current;
    boolean known =
        now.publicNames().isEmpty() || serverName.map(now.publicNames()::contains).orElse(true);
    return known ? Optional.of(now.publicContext()) : Optional.empty();
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
