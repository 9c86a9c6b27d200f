package dev.doorward.auth.fetch;

import dev.doorward.common.outcome.Outcome;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/** Gets a small JSON document whose URL a stranger chose. Blocks; safe on any virtual thread. */
@FunctionalInterface
public interface DocumentFetch {
  /**
   * A document as it was served.
   *
   * @param life how long it may be kept as its HTTP headers say; empty where they say nothing
   */
  record Document(byte[] body, Optional<Duration> life) {}

  /**
   * The document at {@code url}, or one sentence that tells nothing of the network: {@code
   * client_document_unavailable}, or {@code overloaded} where too many fetches are running.
   */
  Outcome<Document> get(URI url);
}
