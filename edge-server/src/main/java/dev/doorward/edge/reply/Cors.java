package dev.doorward.edge.reply;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What pages of allowed origins may do with services: never with cookies, and never by a wildcard.
 * Which origins are allowed was checked before.
 */
public final class Cors {
  private static final String METHODS = "GET, POST, DELETE, OPTIONS";
  private static final String HEADERS =
      "authorization, dpop, content-type, accept, mcp-protocol-version, mcp-session-id, mcp-method,"
          + " mcp-name, last-event-id";
  private static final String EXPOSED =
      "WWW-Authenticate, DPoP-Nonce, Mcp-Session-Id, MCP-Protocol-Version, Retry-After";
  private static final String PARAM = "mcp-param-";
  private static final int MAX_REQUESTED = 64;

  private final Set<String> allowed;

  /** For pages of {@code allowed} origins, lower case. */
  public Cors(Set<String> allowed) {
    this.allowed = Set.copyOf(allowed);
  }

  /** Adds what an answer to {@code origin} must say; nothing where it is null or not allowed. */
  public void apply(HttpHeaders answer, @Nullable String origin) {
    if (origin != null && allowed.contains(origin)) {
      answer.set(HttpHeaderNames.ACCESS_CONTROL_ALLOW_ORIGIN, origin);
      answer.set(HttpHeaderNames.ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
      answer.set(HttpHeaderNames.VARY, "Origin");
    }
  }

  /** The answer to OPTIONS, given before any token is asked for. */
  public Reply preflight(HttpHeaders request) {
    Reply reply = Reply.empty(HttpResponseStatus.NO_CONTENT).with(HttpHeaderNames.ALLOW, METHODS);
    String origin = request.get(HttpHeaderNames.ORIGIN);
    if (origin != null && allowed.contains(origin)) {
      apply(reply.headers(), origin);
      reply
          .with(HttpHeaderNames.ACCESS_CONTROL_ALLOW_METHODS, METHODS)
          .with(
              HttpHeaderNames.ACCESS_CONTROL_ALLOW_HEADERS,
              HEADERS + params(request.get(HttpHeaderNames.ACCESS_CONTROL_REQUEST_HEADERS)))
          .with(HttpHeaderNames.ACCESS_CONTROL_MAX_AGE, 600);
    }
    return reply;
  }

  /** The requested headers that mirror tool arguments, whose names nobody knows beforehand. */
  private static String params(@Nullable String requested) {
    if (requested == null) {
      return "";
    }
    var out = new StringBuilder();
    int count = 0;
    for (String part : requested.split(",", MAX_REQUESTED + 1)) {
      String name = part.strip().toLowerCase(Locale.ROOT);
      boolean plain =
          name.chars().allMatch(c -> (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-');
      if (plain && name.startsWith(PARAM) && count++ < MAX_REQUESTED) {
        out.append(", ").append(name);
      }
    }
    return out.toString();
  }
}
