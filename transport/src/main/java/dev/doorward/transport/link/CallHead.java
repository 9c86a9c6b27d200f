package dev.doorward.transport.link;

import dev.doorward.common.identity.ServiceName;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.Optional;

/**
 * The head of a call as the agent got it. Its shape was checked; whether the service exists and the
 * token holds was not.
 *
 * @param call identifier of the call, for logs
 * @param method {@code GET}, {@code POST} or {@code DELETE}
 * @param query the client's query without the question mark
 * @param token the caller's access token, which goes no further
 * @param headers without pseudo-headers, authorization and {@code doorward-*}
 * @param whole whether the request has no body
 */
public record CallHead(
    String call,
    ServiceName service,
    String method,
    Optional<String> query,
    String token,
    HttpHeaders headers,
    boolean whole) {
  @Override
  public String toString() {
    return "CallHead[" + call + " " + method + " " + service + "]";
  }
}
