package dev.doorward.agent.identity;

import dev.doorward.common.identity.Issuer;
import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Problem;
import dev.doorward.common.outcome.Reason;
import dev.doorward.common.token.KeyStatement;
import java.io.IOException;
import java.security.interfaces.ECPublicKey;
import java.time.InstantSource;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The newest statement of the issuer's keys that this agent has accepted: signed by the pinned CA,
 * of its own issuer, not expired, never an older one than before. Kept on disk too, so that a
 * restart does not forget. Reading is safe on any thread; {@link #offer} blocks.
 */
public final class KeyRing {
  private static final Logger log = LoggerFactory.getLogger(KeyRing.class);

  private final IdentityStore store;
  private final ECPublicKey root;
  private final Issuer issuer;
  private final InstantSource clock;
  private long floor;
  private volatile Optional<KeyStatement> current = Optional.empty();

  private KeyRing(IdentityStore store, AgentIdentity identity, InstantSource clock, long floor) {
    this.store = store;
    this.root = identity.root();
    this.issuer = identity.issuer();
    this.clock = clock;
    this.floor = floor;
  }

  /**
   * Opens the ring with what is stored; without a statement, or with one that expired, it waits.
   */
  public static KeyRing open(IdentityStore store, AgentIdentity identity, InstantSource clock) {
    Optional<IdentityStore.Stated> stored = store.statement();
    KeyRing ring =
        new KeyRing(store, identity, clock, stored.map(IdentityStore.Stated::seq).orElse(0L));
    stored.ifPresent(stated -> ring.offer(stated.jws()));
    return ring;
  }

  /** The statement that counts at the moment; empty where none is known, or it has expired. */
  public Optional<KeyStatement> current() {
    return current.filter(statement -> statement.expiresAt().isAfter(clock.instant()));
  }

  /** Takes a statement, or says why not. One that is known already changes nothing. */
  public synchronized Optional<Problem> offer(String jws) {
    return switch (KeyStatement.verify(jws, root, Optional.of(issuer), clock.instant())) {
      case Outcome.Failed<KeyStatement>(Problem problem) -> Optional.of(problem);
      case Outcome.Ok<KeyStatement>(KeyStatement fresh) -> take(fresh, jws);
    };
  }

  private Optional<Problem> take(KeyStatement fresh, String jws) {
    if (!fresh.mayFollow(floor)) {
      return Optional.of(
          new Problem(
              Reason.KEY_STATEMENT_REFUSED,
              "The statement of the issuer's keys is refused: it is older than one that this agent"
                  + " has seen. If the edge was restored from an old backup, join again."));
    }
    boolean known = current.map(KeyStatement::seq).equals(Optional.of(fresh.seq()));
    floor = fresh.seq();
    if (!known) {
      try {
        store.statement(new IdentityStore.Stated(fresh.seq(), jws));
      } catch (IOException e) {
        log.atError()
            .addKeyValue("event", "key_statement_not_stored")
            .setCause(e)
            .log("the new key statement is used, but could not be stored");
      }
      current = Optional.of(fresh);
    }
    return Optional.empty();
  }
}
