package dev.doorward.common.mcp;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;

/**
 * Reads JSON in another way than {@link McpPeek} does, for comparison: the JDK decodes the UTF-8,
 * the parser for characters reads it, its own detector finds duplicates, and a tree is built.
 */
final class SecondOpinion {
  private static final JsonFactory FACTORY =
      JsonFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();

  private SecondOpinion() {}

  /** The tree, or empty where this is no JSON or holds a lone surrogate. */
  static Optional<Object> tree(byte[] body) {
    String text;
    try {
      text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(body)).toString();
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
    if (text.startsWith("\ufeff")) {
      return Optional.empty();
    }
    try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), text)) {
      Object tree = value(parser, parser.nextToken());
      return parser.nextToken() == null ? Optional.ofNullable(tree) : Optional.empty();
    } catch (JacksonException | LoneSurrogate e) {
      return Optional.empty();
    }
  }

  private static Object value(JsonParser parser, @Nullable JsonToken token) {
    return switch (token) {
      case START_OBJECT -> {
        Map<String, Object> object = new LinkedHashMap<>();
        for (String key = parser.nextName(); key != null; key = parser.nextName()) {
          object.put(whole(key), value(parser, parser.nextToken()));
        }
        yield object;
      }
      case START_ARRAY -> {
        List<Object> array = new ArrayList<>();
        for (JsonToken t = parser.nextToken(); t != JsonToken.END_ARRAY; t = parser.nextToken()) {
          array.add(value(parser, t));
        }
        yield array;
      }
      case VALUE_STRING -> whole(parser.getString());
      case null -> throw new LoneSurrogate();
      default -> new Other(token, parser.getString());
    };
  }

  /** A number, true, false or null as it was written. */
  record Other(JsonToken kind, String text) {}

  private static String whole(String text) {
    if (!StandardCharsets.UTF_8.newEncoder().canEncode(text)) {
      throw new LoneSurrogate();
    }
    return text;
  }

  private static final class LoneSurrogate extends RuntimeException {
    private static final long serialVersionUID = 1;
  }
}
