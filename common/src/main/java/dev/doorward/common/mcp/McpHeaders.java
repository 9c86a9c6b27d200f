package dev.doorward.common.mcp;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The headers of a request that say something about MCP, as they arrived: null where absent.
 *
 * @param repeated whether one of them came more than once, which no revision allows
 */
public record McpHeaders(
    @Nullable String protocolVersion,
    @Nullable String method,
    @Nullable String name,
    @Nullable String sessionId,
    @Nullable String lastEventId,
    boolean repeated) {
  public static final String PROTOCOL_VERSION = "mcp-protocol-version";
  public static final String METHOD = "mcp-method";
  public static final String NAME = "mcp-name";
  public static final String SESSION_ID = "mcp-session-id";
  public static final String LAST_EVENT_ID = "last-event-id";

  /** What the headers that mirror a tool's arguments start with; passed on untouched. */
  public static final String PARAM_PREFIX = "mcp-param-";

  private static final String BASE64_START = "=?base64?";
  private static final String BASE64_END = "?=";

  /**
   * Reads the headers.
   *
   * @param values all values of the header of a lower-case name, in the order of arrival
   */
  public static McpHeaders of(Function<String, List<String>> values) {
    List<String> versions = values.apply(PROTOCOL_VERSION);
    List<String> methods = values.apply(METHOD);
    List<String> names = values.apply(NAME);
    List<String> sessions = values.apply(SESSION_ID);
    List<String> events = values.apply(LAST_EVENT_ID);
    return new McpHeaders(
        first(versions),
        first(methods),
        first(names),
        first(sessions),
        first(events),
        versions.size() > 1
            || methods.size() > 1
            || names.size() > 1
            || sessions.size() > 1
            || events.size() > 1);
  }

  /**
   * What a value of {@code Mcp-Name} or {@code Mcp-Param-*} stands for: itself, or the text within
   * {@code =?base64?...?=}. Empty where it has characters that no header value may have, or where
   * the base64 or the UTF-8 in it is broken.
   */
  public static Optional<String> decode(String value) {
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if ((c < 0x20 && c != '\t') || c > 0x7e) {
        return Optional.empty();
      }
    }
    if (!value.startsWith(BASE64_START)
        || !value.endsWith(BASE64_END)
        || value.length() < BASE64_START.length() + BASE64_END.length()) {
      return Optional.of(value);
    }
    String inner = value.substring(BASE64_START.length(), value.length() - BASE64_END.length());
    try {
      byte[] bytes = Base64.getDecoder().decode(inner);
      return Optional.of(
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString());
    } catch (IllegalArgumentException | CharacterCodingException e) {
      return Optional.empty();
    }
  }

  private static @Nullable String first(List<String> values) {
    return values.isEmpty() ? null : values.getFirst();
  }
}
