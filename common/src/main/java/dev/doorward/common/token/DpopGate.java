package dev.doorward.common.token;

import dev.doorward.common.identity.Resource;
import dev.doorward.common.outcome.Reason;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Whether a request proves that its sender holds a key: one proof, for this request, of this time,
 * with the nonce where one is asked for, and never used before. Safe on any thread; costs an EC
 * verification, so keep it off event loops.
 */
public final class DpopGate {
  private final DpopProof.Verifier verifier;
  private final Optional<DpopNonces> nonces;
  private final SeenProofs seen;

  /** What was shown. */
  public sealed interface Result {
    /** Possession of the key with this thumbprint. */
    record Proven(String thumbprint) implements Result {}

    /** Nothing; the reason is one of the {@code DPOP_*} codes, or {@code overloaded}. */
    record Refused(Reason reason) implements Result {}
  }

  /** Proofs must carry a nonce of {@code nonces}, where there are any. */
  public DpopGate(DpopProof.Verifier verifier, Optional<DpopNonces> nonces, SeenProofs seen) {
    this.verifier = verifier;
    this.nonces = nonces;
    this.seen = seen;
  }

  /**
   * Checks the request's proof and uses it up.
   *
   * @param proofs every value of the header {@code DPoP}
   * @param bound thumbprint of the key that it must be; empty where any key will do
   */
  public Result check(
      List<String> proofs,
      String method,
      Resource url,
      Optional<String> token,
      Optional<String> bound,
      Instant now) {
    if (proofs.isEmpty()) {
      return new Result.Refused(Reason.DPOP_PROOF_MISSING);
    }
    Optional<DpopProof> read =
        proofs.size() == 1
            ? verifier.verify(proofs.getFirst(), method, url, token, now)
            : Optional.empty();
    if (read.isEmpty() || bound.filter(key -> !key.equals(read.get().thumbprint())).isPresent()) {
      return new Result.Refused(Reason.DPOP_PROOF_REFUSED);
    }
    DpopProof proof = read.get();
    boolean current =
        nonces.isEmpty() || proof.nonce().filter(n -> nonces.get().accepts(n, now)).isPresent();
    if (!current) {
      return new Result.Refused(Reason.DPOP_NONCE_NEEDED);
    }
    return switch (seen.use(proof, now)) {
      case FRESH -> new Result.Proven(proof.thumbprint());
      case USED -> new Result.Refused(Reason.DPOP_PROOF_REPLAYED);
      case FULL -> new Result.Refused(Reason.OVERLOADED);
    };
  }

  /** The nonce that the next proof must carry, where one must. */
  public Optional<String> nonce(Instant now) {
    return nonces.map(n -> n.current(now));
  }
}
