package dev.doorward.edge.link;

import dev.doorward.common.outcome.Reason;
import dev.doorward.policy.authn.RevokedTokens;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The relays that are running, so that a revocation reaches them. Safe on any thread. */
public final class OpenCalls {
  private final Set<Relay> running = ConcurrentHashMap.newKeySet();

  /** A relay begins. */
  public void add(Relay relay) {
    running.add(relay);
  }

  /** A relay is over. */
  public void remove(Relay relay) {
    running.remove(relay);
  }

  /** How many are running. */
  public int size() {
    return running.size();
  }

  /** Cuts every call whose token is revoked now. */
  public void recheck(RevokedTokens revoked) {
    for (Relay relay : running) {
      if (revoked.isRevoked(relay.token())) {
        relay.exchange().loop().execute(() -> relay.cut(Reason.TOKEN_REVOKED));
      }
    }
  }

  /** Ends the streams that clients can take up again elsewhere: the process is about to stop. */
  public void endStreams() {
    for (Relay relay : running) {
      relay.exchange().loop().execute(relay::endStream);
    }
  }

  /** Cuts every call: the process stops. */
  public void cutAll() {
    for (Relay relay : running) {
      relay.exchange().loop().execute(() -> relay.cut(Reason.SHUTTING_DOWN));
    }
  }
}
