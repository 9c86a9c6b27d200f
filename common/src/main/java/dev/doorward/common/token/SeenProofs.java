package dev.doorward.common.token;

import dev.doorward.common.identity.Fingerprint;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * The proofs that were used lately, so that none is used twice (RFC 9449 section 11.1). Each is
 * remembered for longer than it could be used. Bounded for each key and in all; where a bound is
 * reached a proof counts as one that cannot be told from a used one. Safe on any thread.
 */
public final class SeenProofs {
  /** What becomes of a proof. */
  public enum Answer {
    /** Not seen before; it is from now on. */
    FRESH,
    /** Seen before. */
    USED,
    /** Too many to remember one more. */
    FULL
  }

  private static final Duration GENERATION = DpopProof.WINDOW.multipliedBy(2).plusSeconds(5);

  private final int mostOfOne;
  private final int most;
  private Map<String, Set<Long>> before = new HashMap<>();
  private Map<String, Set<Long>> current = new HashMap<>();
  private int held;
  private int heldBefore;
  private Instant turns = Instant.MIN;

  /** Remembers that many proofs of one key, and of all. */
  public SeenProofs(int mostOfOne, int most) {
    this.mostOfOne = mostOfOne;
    this.most = most;
  }

  /** For a process that serves: 20,000 of one key, 500,000 of all, in about 4 minutes. */
  public static SeenProofs standard() {
    return new SeenProofs(20_000, 500_000);
  }

  /** Remembers {@code proof}. */
  public synchronized Answer use(DpopProof proof, Instant now) {
    turn(now);
    long id =
        ByteBuffer.wrap(Fingerprint.of(proof.id().getBytes(StandardCharsets.US_ASCII)).bytes())
            .getLong();
    Set<Long> old = before.getOrDefault(proof.thumbprint(), Set.of());
    Set<Long> own = current.getOrDefault(proof.thumbprint(), Set.of());
    if (old.contains(id) || own.contains(id)) {
      return Answer.USED;
    }
    if (old.size() + own.size() >= mostOfOne || held + heldBefore >= most) {
      return Answer.FULL;
    }
    current.computeIfAbsent(proof.thumbprint(), _ -> new HashSet<>()).add(id);
    held++;
    return Answer.FRESH;
  }

  private void turn(Instant now) {
    if (now.isBefore(turns)) {
      return;
    }
    boolean longPast = turns.equals(Instant.MIN) || !now.isBefore(turns.plus(GENERATION));
    before = longPast ? new HashMap<>() : current;
    heldBefore = longPast ? 0 : held;
    current = new HashMap<>();
    held = 0;
    turns = now.plus(GENERATION);
  }
}
