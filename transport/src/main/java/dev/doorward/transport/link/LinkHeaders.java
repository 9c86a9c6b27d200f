package dev.doorward.transport.link;

import dev.doorward.common.identity.ServiceName;
import dev.doorward.common.outcome.Reason;
import dev.doorward.transport.link.control.Reasons;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.AsciiString;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The heads of calls: between the values of this package and HTTP/2, both ways, strictly. */
final class LinkHeaders {
  static final AsciiString REASON = AsciiString.cached("doorward-reason");
  static final AsciiString CALL = AsciiString.cached("doorward-call");
  static final AsciiString AUTHORIZATION = AsciiString.cached("authorization");

  /** What every header of Doorward's own starts with. */
  static final String OWN = "doorward-";

  private static final String BEARER = "Bearer ";
  private static final int MAX_PATH = 8192;
  private static final int MAX_TOKEN = 8192;
  private static final int MAX_CALL_ID = 64;
  private static final AsciiString HTTPS = AsciiString.cached("https");

  private LinkHeaders() {}

  /** Whether the request ends with its head: GET and DELETE that announce no body. */
  static boolean hasNoBody(LinkHead head) {
    return !head.method().equals("POST")
        && !head.headers().contains("content-length")
        && !head.headers().contains("transfer-encoding");
  }

  /** The HTTP/2 head of a call. */
  static Http2Headers request(LinkHead head) {
    Http2Headers out = new DefaultHttp2Headers(false, head.headers().size() + 8);
    out.method(head.method())
        .scheme(HTTPS)
        .authority(head.service().value())
        .path(head.pathAndQuery());
    // As bytes: the header table compares them several times as fast as a String.
    out.add(AUTHORIZATION, new AsciiString(BEARER + head.token()));
    out.add(CALL, head.call());
    copy(head.headers(), out);
    return out;
  }

  private static void copy(HttpHeaders from, Http2Headers to) {
    Iterator<Map.Entry<CharSequence, CharSequence>> each = from.iteratorCharSequence();
    while (each.hasNext()) {
      Map.Entry<CharSequence, CharSequence> header = each.next();
      to.add(lower(header.getKey()), header.getValue());
    }
  }

  private static CharSequence lower(CharSequence name) {
    if (name instanceof AsciiString ascii) {
      return ascii.toLowerCase();
    }
    for (int i = 0; i < name.length(); i++) {
      char c = name.charAt(i);
      if (c >= 'A' && c <= 'Z') {
        return name.toString().toLowerCase(Locale.ROOT);
      }
    }
    return name;
  }

  /** What an agent's answer head says. */
  sealed interface Answer {
    /** A backend's answer. */
    record Head(int status, HttpHeaders headers) implements Answer {}

    /** The agent's own refusal. */
    record Refused(Reason reason) implements Answer {}

    /** Neither. */
    record Malformed() implements Answer {}
  }

  /** Reads an answer head. */
  static Answer answer(Http2Headers in) {
    CharSequence code = in.get(REASON);
    if (code != null) {
      return new Answer.Refused(
          Reasons.find(code.toString())
              .filter(AgentReasons::mayBeSaid)
              .orElse(Reason.AGENT_REFUSED));
    }
    int status = status(in.status());
    if (status < 200) {
      return new Answer.Malformed();
    }
    HttpHeaders headers = DefaultHttpHeadersFactory.headersFactory().newHeaders();
    for (Map.Entry<CharSequence, CharSequence> header : in) {
      CharSequence name = header.getKey();
      if (name.length() == 0 || name.charAt(0) == ':') {
        continue;
      }
      try {
        headers.add(name, header.getValue());
      } catch (IllegalArgumentException e) {
        return new Answer.Malformed();
      }
    }
    return new Answer.Head(status, headers);
  }

  private static int status(CharSequence text) {
    if (text == null || text.length() != 3) {
      return -1;
    }
    int value = 0;
    for (int i = 0; i < 3; i++) {
      int digit = text.charAt(i) - '0';
      if (digit < 0 || digit > 9) {
        return -1;
      }
      value = value * 10 + digit;
    }
    return value <= 599 ? value : -1;
  }

  /** The HTTP/2 head of a backend's answer; the headers are end-to-end and without our own. */
  static Http2Headers answer(int status, HttpHeaders headers) {
    Http2Headers out = new DefaultHttp2Headers(false, headers.size() + 2);
    out.status(Integer.toString(status));
    copy(headers, out);
    return out;
  }

  /** The HTTP/2 head of a refusal. */
  static Http2Headers refusal(Reason reason) {
    Http2Headers out = new DefaultHttp2Headers(false, 4);
    out.status(Integer.toString(AgentReasons.status(reason)));
    out.add(REASON, reason.code());
    return out;
  }

  /** Reads a call's head, or empty where it has another shape. */
  static Optional<CallHead> call(Http2Headers in, boolean end) {
    CharSequence method = in.method();
    CharSequence path = in.path();
    CharSequence authority = in.authority();
    if (method == null
        || path == null
        || authority == null
        || !HTTPS.contentEquals(in.scheme())
        || in.contains(":protocol")
        || !isMethod(method)) {
      return Optional.empty();
    }
    Optional<ServiceName> service = ServiceName.parse(authority.toString());
    Optional<Optional<String>> query = query(path.toString());
    Optional<String> token = single(in, AUTHORIZATION).flatMap(LinkHeaders::bearer);
    Optional<String> call = single(in, CALL).filter(LinkHeaders::isCallId);
    if (service.isEmpty() || query.isEmpty() || token.isEmpty() || call.isEmpty()) {
      return Optional.empty();
    }
    HttpHeaders headers = DefaultHttpHeadersFactory.headersFactory().newHeaders();
    for (Map.Entry<CharSequence, CharSequence> header : in) {
      CharSequence name = header.getKey();
      if (name.length() == 0 || name.charAt(0) == ':') {
        continue;
      }
      try {
        if (!AUTHORIZATION.contentEquals(name) && !startsWithOwn(name)) {
          headers.add(name, header.getValue());
        }
      } catch (IllegalArgumentException e) {
        return Optional.empty();
      }
    }
    return Optional.of(
        new CallHead(
            call.get(), service.get(), method.toString(), query.get(), token.get(), headers, end));
  }

  private static boolean isMethod(CharSequence method) {
    return "POST".contentEquals(method)
        || "GET".contentEquals(method)
        || "DELETE".contentEquals(method);
  }

  private static boolean startsWithOwn(CharSequence name) {
    return AsciiString.regionMatches(name, true, 0, OWN, 0, OWN.length());
  }

  private static Optional<Optional<String>> query(String path) {
    if (path.equals("/mcp")) {
      return Optional.of(Optional.empty());
    }
    if (path.length() > MAX_PATH || !path.startsWith("/mcp?")) {
      return Optional.empty();
    }
    String query = path.substring("/mcp?".length());
    boolean plain = query.chars().allMatch(c -> c > 0x20 && c < 0x7f && c != '#' && c != '\\');
    return plain ? Optional.of(Optional.of(query)) : Optional.empty();
  }

  private static Optional<String> single(Http2Headers in, AsciiString name) {
    List<CharSequence> values = in.getAll(name);
    return values.size() == 1 ? Optional.of(values.getFirst().toString()) : Optional.empty();
  }

  private static Optional<String> bearer(String value) {
    if (!value.startsWith(BEARER) || value.length() > BEARER.length() + MAX_TOKEN) {
      return Optional.empty();
    }
    String token = value.substring(BEARER.length());
    return !token.isEmpty() && all(token, "._~+/=-") ? Optional.of(token) : Optional.empty();
  }

  private static boolean isCallId(String id) {
    return !id.isEmpty() && id.length() <= MAX_CALL_ID && all(id, "_-");
  }

  /** Whether {@code text} is of ASCII letters, digits and {@code others}. */
  private static boolean all(String text, String others) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean common = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
      if (!common && others.indexOf(c) < 0) {
        return false;
      }
    }
    return true;
  }
}
