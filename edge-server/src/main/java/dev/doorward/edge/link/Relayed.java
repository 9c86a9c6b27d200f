package dev.doorward.edge.link;

import dev.doorward.common.outcome.Reason;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;

/** What becomes of the head of a service's answer on the shared origin. */
public sealed interface Relayed {
  /**
   * It is passed on.
   *
   * @param events whether it is an event stream
   */
  record Head(HttpResponseStatus status, HttpHeaders headers, boolean events) implements Relayed {}

  /**
   * It is passed on if no byte follows, for nothing says what the bytes would be; else it is
   * refused.
   */
  record Bodiless(HttpResponseStatus status, HttpHeaders headers) implements Relayed {}

  /** It is not passed on: 502. */
  record Refused(Reason reason) implements Relayed {}
}
