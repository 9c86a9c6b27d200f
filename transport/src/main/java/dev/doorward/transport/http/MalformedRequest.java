package dev.doorward.transport.http;

import dev.doorward.common.outcome.Reason;
import io.netty.handler.codec.http.HttpResponseStatus;

/** Tells the gate what the decoder found. Preallocated and without a stack trace. */
@SuppressWarnings("StaticAssignmentOfThrowable") // preallocated: hostile input costs nothing
final class MalformedRequest extends Exception {
  static final MalformedRequest LINE =
      new MalformedRequest("The request line is not valid HTTP.", HttpResponseStatus.BAD_REQUEST);
  static final MalformedRequest VERSION =
      new MalformedRequest(
          "Only HTTP/1.0, HTTP/1.1 and HTTP/2 are spoken here.",
          HttpResponseStatus.HTTP_VERSION_NOT_SUPPORTED);
  static final MalformedRequest FOLD =
      new MalformedRequest(
          "A header must not be continued on a second line.", HttpResponseStatus.BAD_REQUEST);

  private final transient Refusal refusal;

  private MalformedRequest(String text, HttpResponseStatus status) {
    super(text, null, false, false);
    this.refusal = Refusal.closing(status, Reason.HTTP_MALFORMED, text);
  }

  Refusal refusal() {
    return refusal;
  }
}
