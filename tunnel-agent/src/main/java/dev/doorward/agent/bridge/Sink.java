package dev.doorward.agent.bridge;

import dev.doorward.common.outcome.Reason;

/** Where what comes of one request goes. Called on any thread, one call after the other. */
interface Sink {
  /** A message that belongs to the request, before its answer. */
  void before(byte[] json);

  /**
   * The answer. The last call, or {@link #lost} is.
   *
   * @param answer with the id that the request had
   * @param errorCode 0 for a result
   */
  void answer(byte[] answer, int errorCode);

  /** No answer comes; {@code id} is the request's, as it is written in JSON. */
  void lost(String id, Reason reason);
}
