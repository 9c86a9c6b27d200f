package dev.doorward.auth.engine;

import dev.doorward.auth.engine.AuthReply.Header;
import dev.doorward.common.outcome.Reason;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;

/** Answers for programs: JSON, never cached unless said so, never sniffed. */
public final class JsonReply {
  private static final JsonMapper MAPPER = JsonMapper.shared();

  private JsonReply() {}

  /** An answer that must not be stored (RFC 6749 section 5.1). */
  public static AuthReply of(int status, Map<String, ?> body, Header... more) {
    return reply(status, "no-store", body, List.of(more));
  }

  /** A public document that may be cached for 5 minutes. */
  public static AuthReply document(Map<String, ?> body) {
    return reply(200, "public, max-age=300", body, List.of());
  }

  /** The same for a document that is JSON text already. */
  public static AuthReply document(String json) {
    return reply(200, "public, max-age=300", json.getBytes(StandardCharsets.UTF_8), List.of());
  }

  /**
   * An error as OAuth spells it (RFC 6749 section 5.2), with our stable reason beside it.
   *
   * @param error the protocol's code
   * @param text one sentence for the developer of the client; printable ASCII without quotes
   */
  public static AuthReply error(
      int status, String error, Reason reason, String text, Header... more) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("error", error);
    body.put("error_description", text);
    body.put("reason", reason.code());
    return reply(status, "no-store", body, List.of(more));
  }

  /** An answer without a body. */
  public static AuthReply empty(int status, Header... headers) {
    return new AuthReply(status, List.of(headers), new byte[0]);
  }

  private static AuthReply reply(int status, String cache, Map<String, ?> body, List<Header> more) {
    return reply(status, cache, MAPPER.writeValueAsBytes(body), more);
  }

  private static AuthReply reply(int status, String cache, byte[] body, List<Header> more) {
    List<Header> headers = new ArrayList<>();
    headers.add(new Header("Content-Type", "application/json"));
    headers.add(new Header("Cache-Control", cache));
    headers.add(new Header("X-Content-Type-Options", "nosniff"));
    headers.addAll(more);
    return new AuthReply(status, headers, body);
  }
}
