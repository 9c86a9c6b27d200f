package dev.doorward.transport.http;

import dev.doorward.common.outcome.Problem;
import dev.doorward.common.outcome.Reason;
import io.netty.handler.codec.http.HttpResponseStatus;

/**
 * Why a request is not served, decided from the request alone. Refusals are constants: hostile
 * input allocates nothing.
 *
 * @param closes whether the connection cannot be trusted for another HTTP/1.1 request
 */
public record Refusal(HttpResponseStatus status, Problem problem, boolean closes) {

  /** A refusal after which the connection may go on. */
  public static Refusal of(HttpResponseStatus status, Reason reason, String text) {
    return new Refusal(status, new Problem(reason, text), false);
  }

  /** A refusal that ends the connection: where the message ends is in doubt. */
  public static Refusal closing(HttpResponseStatus status, Reason reason, String text) {
    return new Refusal(status, new Problem(reason, text), true);
  }
}
