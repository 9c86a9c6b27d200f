package dev.doorward.auth.engine;

import dev.doorward.auth.engine.AuthReply.Header;
import java.util.ArrayList;
import java.util.List;

/**
 * CORS for endpoints that browser-based clients call: any origin, never with cookies. Answers the
 * preflight itself.
 */
public final class OpenCors {
  private static final Header ANY_ORIGIN = new Header("Access-Control-Allow-Origin", "*");
  private static final String HEADERS =
      "Authorization, DPoP, Content-Type, Accept, MCP-Protocol-Version, Mcp-Session-Id, Mcp-Method,"
          + " Mcp-Name, Last-Event-ID";

  private OpenCors() {}

  /** The answer to OPTIONS for an endpoint that takes {@code method}. */
  public static AuthReply preflight(String method) {
    return JsonReply.empty(
        204,
        ANY_ORIGIN,
        new Header("Access-Control-Allow-Methods", method + ", OPTIONS"),
        new Header("Access-Control-Allow-Headers", HEADERS),
        new Header("Access-Control-Max-Age", "86400"));
  }

  /** The same answer, readable by pages of any origin. */
  public static AuthReply open(AuthReply reply) {
    List<Header> headers = new ArrayList<>(reply.headers());
    headers.add(ANY_ORIGIN);
    headers.add(
        new Header("Access-Control-Expose-Headers", "WWW-Authenticate, Retry-After, DPoP-Nonce"));
    return new AuthReply(reply.status(), headers, reply.body());
  }
}
