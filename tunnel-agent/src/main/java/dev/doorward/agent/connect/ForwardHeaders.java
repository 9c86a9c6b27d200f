package dev.doorward.agent.connect;

import dev.doorward.common.token.AccessToken;
import dev.doorward.transport.link.CallHead;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** Which headers cross the agent, both ways. Pure. */
final class ForwardHeaders {
  /** What every header of Doorward's own starts with. */
  private static final String OWN = "doorward-";

  /** Names of one hop, RFC 9110 section 7.6.1. */
  private static final Set<String> ONE_HOP =
      Set.of(
          "connection",
          "keep-alive",
          "proxy-connection",
          "proxy-authenticate",
          "proxy-authorization",
          "te",
          "trailer",
          "transfer-encoding",
          "upgrade",
          "http2-settings");

  /** What must not reach an MCP server: credentials, and what others say about the client. */
  private static final Set<String> NOT_IN =
      Set.of(
          "host", "origin", "authorization", "dpop", "cookie", "expect", "forwarded", "x-real-ip");

  private ForwardHeaders() {}

  /** The request's headers as the MCP server gets them. */
  static HttpHeaders request(CallHead head, AccessToken token, Backend backend) {
    HttpHeaders in = head.headers();
    HttpHeaders out = DefaultHttpHeadersFactory.headersFactory().newHeaders();
    out.set(HttpHeaderNames.HOST, backend.authority());
    if (in.contains(HttpHeaderNames.ORIGIN)) {
      out.set(HttpHeaderNames.ORIGIN, backend.origin());
    }
    Set<String> nominated = nominated(in);
    Iterator<Map.Entry<CharSequence, CharSequence>> each = in.iteratorCharSequence();
    while (each.hasNext()) {
      Map.Entry<CharSequence, CharSequence> header = each.next();
      String name = header.getKey().toString().toLowerCase(Locale.ROOT);
      if (!dropped(name, nominated) && !NOT_IN.contains(name) && !name.startsWith("x-forwarded-")) {
        out.add(header.getKey(), header.getValue());
      }
    }
    out.set("doorward-subject", token.subject().value());
    out.set("doorward-person", visible(token.person()));
    out.set("doorward-client", token.client().value());
    out.set("doorward-call", head.call());
    if (!head.whole() && !out.contains(HttpHeaderNames.CONTENT_LENGTH)) {
      out.set(HttpHeaderNames.TRANSFER_ENCODING, HttpHeaderValues.CHUNKED);
    } else if (head.whole()) {
      out.remove(HttpHeaderNames.CONTENT_LENGTH);
      if (head.method().equals("POST")) {
        out.set(HttpHeaderNames.CONTENT_LENGTH, "0");
      }
    }
    return out;
  }

  /** The answer's headers as the edge gets them. */
  static HttpHeaders answer(HttpHeaders in) {
    HttpHeaders out = DefaultHttpHeadersFactory.headersFactory().newHeaders();
    Set<String> nominated = nominated(in);
    Iterator<Map.Entry<CharSequence, CharSequence>> each = in.iteratorCharSequence();
    while (each.hasNext()) {
      Map.Entry<CharSequence, CharSequence> header = each.next();
      String name = header.getKey().toString().toLowerCase(Locale.ROOT);
      if (!dropped(name, nominated)) {
        out.add(name, header.getValue());
      }
    }
    return out;
  }

  private static boolean dropped(String name, Set<String> nominated) {
    return ONE_HOP.contains(name) || nominated.contains(name) || name.startsWith(OWN);
  }

  private static Set<String> nominated(HttpHeaders in) {
    if (!in.contains(HttpHeaderNames.CONNECTION)) {
      return Set.of();
    }
    Set<String> names = new HashSet<>();
    for (String value : in.getAll(HttpHeaderNames.CONNECTION)) {
      for (String name : value.split(",", -1)) {
        names.add(name.strip().toLowerCase(Locale.ROOT));
      }
    }
    return names;
  }

  /** Visible ASCII as it is; everything else, and the percent sign, percent-encoded as UTF-8. */
  static String visible(String text) {
    boolean plain = text.chars().allMatch(c -> c > 0x20 && c < 0x7f && c != '%');
    if (plain) {
      return text;
    }
    StringBuilder out = new StringBuilder();
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      int value = b & 0xff;
      if (value > 0x20 && value < 0x7f && value != '%') {
        out.append((char) value);
      } else {
        out.append('%').append(String.format(Locale.ROOT, "%02X", value));
      }
    }
    return out.toString();
  }
}
