package dev.doorward.edge.link;

import dev.doorward.common.outcome.Reason;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Keeps what a service answers from acting on the origin that it shares with Doorward's own pages:
 * only JSON and event streams pass, errors of other kinds become plain text, redirects and other
 * kinds of success are refused; headers that command a browser are removed, and what passes is
 * sandboxed. Pure.
 */
public final class ResponseHygiene {
  private static final String SANDBOX = "sandbox; default-src 'none'; frame-ancestors 'none'";

  /** Headers that are never passed on: of one hop, commands to browsers, and the gateway's own. */
  private static final HttpHeaders REMOVED = new DefaultHttpHeaders();

  static {
    for (String name :
        List.of(
            "connection",
            "keep-alive",
            "proxy-connection",
            "proxy-authenticate",
            "te",
            "trailer",
            "transfer-encoding",
            "upgrade",
            "alt-svc",
            "set-cookie",
            "set-cookie2",
            "service-worker-allowed",
            "service-worker-navigation-preload",
            "clear-site-data",
            "refresh",
            "location",
            "content-location",
            "link",
            "www-authenticate",
            "authentication-info",
            "access-control-allow-origin",
            "access-control-allow-credentials",
            "access-control-allow-methods",
            "access-control-allow-headers",
            "access-control-expose-headers",
            "access-control-max-age",
            "access-control-allow-private-network",
            "content-security-policy",
            "content-security-policy-report-only",
            "x-content-type-options",
            "x-frame-options",
            "x-accel-buffering",
            "cross-origin-resource-policy",
            "cross-origin-opener-policy",
            "cross-origin-embedder-policy",
            "strict-transport-security",
            "public-key-pins",
            "expect-ct",
            "report-to",
            "reporting-endpoints",
            "nel",
            "origin-agent-cluster",
            "origin-trial",
            "accept-ch",
            "critical-ch",
            "speculation-rules",
            "set-login",
            "sourcemap",
            "x-sourcemap",
            "x-powered-by")) {
      REMOVED.add(name, "");
    }
  }

  private ResponseHygiene() {}

  /** Judges a head and makes the one to send; {@code backend} is borrowed and stays as it is. */
  public static Relayed apply(int status, HttpHeaders backend) {
    if (status < 200 || status > 599) {
      return new Relayed.Refused(Reason.BACKEND_PROTOCOL_VIOLATION);
    }
    if (status < 400 && status >= 300) {
      return new Relayed.Refused(Reason.BACKEND_REDIRECT_REFUSED);
    }
    List<String> types = backend.getAll(HttpHeaderNames.CONTENT_TYPE);
    String type = types.size() == 1 ? mediaType(types.getFirst()) : "";
    boolean json = type.equals("application/json");
    boolean events = type.equals("text/event-stream");
    HttpHeaders headers;
    try {
      headers = copy(backend);
    } catch (IllegalArgumentException e) {
      return new Relayed.Refused(Reason.BACKEND_PROTOCOL_VIOLATION);
    }
    protect(headers, events);
    HttpResponseStatus line = HttpResponseStatus.valueOf(status);
    if (json || events) {
      return new Relayed.Head(line, headers, events);
    }
    if (status >= 400) {
      headers.set(HttpHeaderNames.CONTENT_TYPE, "text/plain; charset=utf-8");
      return new Relayed.Head(line, headers, false);
    }
    if (types.isEmpty() || status == 204 || isZero(backend)) {
      headers.remove(HttpHeaderNames.CONTENT_TYPE);
      return new Relayed.Bodiless(line, headers);
    }
    return new Relayed.Refused(Reason.BACKEND_CONTENT_TYPE_REFUSED);
  }

  private static boolean isZero(HttpHeaders backend) {
    return "0".equals(backend.get(HttpHeaderNames.CONTENT_LENGTH));
  }

  private static HttpHeaders copy(HttpHeaders backend) {
    var headers = new DefaultHttpHeaders();
    Iterator<Map.Entry<CharSequence, CharSequence>> entries = backend.iteratorCharSequence();
    while (entries.hasNext()) {
      Map.Entry<CharSequence, CharSequence> entry = entries.next();
      CharSequence name = entry.getKey();
      if (!REMOVED.contains(name) && !isGateways(name)) {
        headers.add(name, entry.getValue());
      }
    }
    return headers;
  }

  private static boolean isGateways(CharSequence name) {
    return name.length() > 9 && name.toString().regionMatches(true, 0, "doorward-", 0, 9);
  }

  private static void protect(HttpHeaders headers, boolean events) {
    headers.set("x-content-type-options", "nosniff");
    headers.set("content-security-policy", SANDBOX);
    headers.set("cross-origin-resource-policy", "same-origin");
    String cache = headers.get(HttpHeaderNames.CACHE_CONTROL);
    if (cache == null || isShared(cache.toLowerCase(Locale.ROOT))) {
      headers.set(HttpHeaderNames.CACHE_CONTROL, "no-store");
    }
    if (events) {
      headers.set("x-accel-buffering", "no");
    }
  }

  /** Whether a cache between here and the client might keep the answer for somebody else. */
  private static boolean isShared(String cache) {
    return !(cache.contains("no-store") || cache.contains("no-cache") || cache.contains("private"));
  }

  private static String mediaType(String value) {
    int semicolon = value.indexOf(';');
    return (semicolon < 0 ? value : value.substring(0, semicolon)).strip().toLowerCase(Locale.ROOT);
  }
}
