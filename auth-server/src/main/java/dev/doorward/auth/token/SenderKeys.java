package dev.doorward.auth.token;

import dev.doorward.auth.engine.AuthCall;
import dev.doorward.auth.engine.AuthReply;
import dev.doorward.auth.engine.AuthReply.Header;
import dev.doorward.auth.engine.Ground;
import dev.doorward.auth.engine.JsonReply;
import dev.doorward.common.identity.Resource;
import dev.doorward.common.outcome.Reason;
import dev.doorward.common.token.DpopGate;
import java.util.List;
import java.util.Optional;

/** Which key the sender of a token request has shown to hold (RFC 9449 section 5). */
public final class SenderKeys {
  private final Ground ground;
  private final DpopGate gate;
  private final Resource url;

  /** What the header {@code DPoP} of a request is worth. */
  sealed interface Read {}

  /** The thumbprint of a key, or none where the client did not ask for it. */
  record Shown(Optional<String> key) implements Read {}

  /** The answer that says what is wrong. */
  record Refused(AuthReply reply) implements Read {}

  /** Proofs for the token endpoint, checked by {@code gate}. */
  public SenderKeys(Ground ground, DpopGate gate) {
    this.ground = ground;
    this.gate = gate;
    this.url = new Resource(ground.settings().issuer().value() + "/token");
  }

  Read of(AuthCall call) {
    List<String> proofs = call.headers().getOrDefault("dpop", List.of());
    if (proofs.isEmpty()) {
      return new Shown(Optional.empty());
    }
    DpopGate.Result result =
        gate.check(
            proofs,
            call.method(),
            url,
            Optional.empty(),
            Optional.empty(),
            ground.clock().instant());
    return switch (result) {
      case DpopGate.Result.Proven(String key) -> new Shown(Optional.of(key));
      case DpopGate.Result.Refused(Reason reason) -> new Refused(refusal(reason));
    };
  }

  /** Tells the client which nonce its next proof must carry. */
  Header nonce() {
    return new Header("DPoP-Nonce", gate.nonce(ground.clock().instant()).orElse(""));
  }

  private AuthReply refusal(Reason reason) {
    if (reason == Reason.DPOP_NONCE_NEEDED) {
      return JsonReply.error(
          400,
          "use_dpop_nonce",
          reason,
          "Repeat the request with a DPoP proof that carries the nonce of this answer.",
          nonce());
    }
    if (reason == Reason.OVERLOADED) {
      return JsonReply.error(
          503,
          "temporarily_unavailable",
          reason,
          "Too many DPoP proofs at the moment; try again.",
          new Header("Retry-After", "60"));
    }
    return JsonReply.error(
        400,
        "invalid_dpop_proof",
        reason,
        "The DPoP proof must be one fresh ES256 JWT for POST to this URL, used once.",
        nonce());
  }
}
