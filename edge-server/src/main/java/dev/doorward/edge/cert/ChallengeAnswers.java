package dev.doorward.edge.cert;

import dev.doorward.common.outcome.Outcome;

/** Puts the proof of a name where the authority looks for it, and takes it away again. Blocks. */
interface ChallengeAnswers {
  /** What was put in place. */
  @FunctionalInterface
  interface Placed extends AutoCloseable {
    /** Takes it away. */
    @Override
    void close();
  }

  /**
   * A page on port 80 (RFC 8555 section 8.3).
   *
   * @param authorization the content of the page
   */
  Outcome<Placed> page(String token, String authorization);

  /**
   * A certificate on the public port (RFC 8737).
   *
   * @param name host name or address
   * @param digest SHA-256 of the key authorization
   */
  Outcome<Placed> handshake(String name, byte[] digest);

  /**
   * A TXT record (RFC 8555 section 8.4); returns when it can be looked at.
   *
   * @param record name of the record, without a final dot
   */
  Outcome<Placed> record(String record, String value);
}
