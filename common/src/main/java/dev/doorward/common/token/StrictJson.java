package dev.doorward.common.token;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.json.JsonFactory;

/**
 * The reader of JOSE headers and claims: exactly one JSON object in valid UTF-8, no key twice, at
 * most 8 levels deep. Strings come out as String, whole numbers as Long, arrays as List, objects as
 * Map; anything else (null, true, fractions) as {@link #OTHER}, because no claim of ours needs it.
 */
final class StrictJson {
  /** Stands for every value that is no string, whole number, array or object. */
  static final Object OTHER = new Object();

  private static final JsonFactory FACTORY =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
          .disable(TokenStreamFactory.Feature.CANONICALIZE_PROPERTY_NAMES)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxDocumentLength(64 * 1024)
                  .maxNestingDepth(8)
                  .maxNameLength(128)
                  .maxStringLength(8 * 1024)
                  .maxNumberLength(32)
                  .maxTokenCount(2_000)
                  .build())
          .build();

  private StrictJson() {}

  /** The object, or null where {@code utf8} is anything else. */
  static @Nullable Map<String, Object> object(byte[] utf8) {
    try {
      String text =
          StandardCharsets.UTF_8
              .newDecoder()
              .onMalformedInput(CodingErrorAction.REPORT)
              .onUnmappableCharacter(CodingErrorAction.REPORT)
              .decode(ByteBuffer.wrap(utf8))
              .toString();
      try (JsonParser parser = FACTORY.createParser(ObjectReadContext.empty(), text)) {
        if (parser.nextToken() != JsonToken.START_OBJECT) {
          return null;
        }
        Map<String, Object> object = members(parser);
        return parser.nextToken() == null ? object : null;
      }
    } catch (CharacterCodingException | JacksonException e) {
      return null;
    }
  }

  private static Map<String, Object> members(JsonParser parser) {
    Map<String, Object> members = new LinkedHashMap<>();
    for (String name = parser.nextName(); name != null; name = parser.nextName()) {
      parser.nextToken();
      members.put(name, value(parser));
    }
    return members;
  }

  private static Object value(JsonParser parser) {
    return switch (parser.currentToken()) {
      case VALUE_STRING -> parser.getString();
      case VALUE_NUMBER_INT ->
          switch (parser.getNumberType()) {
            case INT, LONG -> (Object) parser.getLongValue();
            case BIG_INTEGER, FLOAT, DOUBLE, BIG_DECIMAL -> OTHER;
          };
      case START_OBJECT -> members(parser);
      case START_ARRAY -> elements(parser);
      case null, default -> OTHER;
    };
  }

  private static List<Object> elements(JsonParser parser) {
    List<Object> elements = new ArrayList<>();
    while (parser.nextToken() != JsonToken.END_ARRAY) {
      elements.add(value(parser));
    }
    return elements;
  }
}
