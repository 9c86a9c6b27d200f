package dev.doorward.transport.link.control;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;

/**
 * The members of one flat JSON object: texts, whole numbers, booleans, lists of texts. Members of
 * other shapes are kept as {@link #OTHER}, so that they do no harm under an unknown name and are
 * refused under a known one. Strict: UTF-8, no duplicate names, nothing behind the object.
 */
final class JsonFields {
  /** What a member of a shape that no message has is kept as. */
  static final Object OTHER = new Object();

  private static final int MAX_DEPTH = 8;
  private static final int MAX_MEMBERS = 64;
  private static final int MAX_ELEMENTS = 256;
  private static final JsonFactory JSON =
      JsonFactory.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .streamReadConstraints(
              StreamReadConstraints.builder()
                  .maxNestingDepth(MAX_DEPTH)
                  .maxStringLength(256 * 1024)
                  .maxNameLength(256)
                  .maxNumberLength(20)
                  .build())
          .build();

  private final Map<String, Object> members;

  private JsonFields(Map<String, Object> members) {
    this.members = members;
  }

  /** The members, or null where {@code json} is not exactly one object within the bounds. */
  static @Nullable JsonFields parse(byte[] json) {
    try {
      String text =
          StandardCharsets.UTF_8
              .newDecoder()
              .onMalformedInput(CodingErrorAction.REPORT)
              .decode(ByteBuffer.wrap(json))
              .toString();
      try (JsonParser parser = JSON.createParser(ObjectReadContext.empty(), text)) {
        Map<String, Object> members = object(parser);
        return members == null || parser.nextToken() != null ? null : new JsonFields(members);
      }
    } catch (CharacterCodingException | JacksonException e) {
      return null;
    }
  }

  private static @Nullable Map<String, Object> object(JsonParser parser) {
    if (parser.nextToken() != JsonToken.START_OBJECT) {
      return null;
    }
    Map<String, Object> members = new HashMap<>();
    while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
      if (members.size() == MAX_MEMBERS) {
        return null;
      }
      String name = parser.currentName();
      members.put(name, value(parser, parser.nextToken()));
    }
    return parser.currentToken() == JsonToken.END_OBJECT ? members : null;
  }

  private static Object value(JsonParser parser, @Nullable JsonToken token) {
    if (token == null) {
      return OTHER;
    }
    if (token == JsonToken.VALUE_STRING) {
      return parser.getString();
    }
    if (token == JsonToken.VALUE_TRUE || token == JsonToken.VALUE_FALSE) {
      return token == JsonToken.VALUE_TRUE;
    }
    if (token == JsonToken.VALUE_NUMBER_INT) {
      return switch (parser.getNumberType()) {
        case INT, LONG -> parser.getLongValue();
        default -> OTHER;
      };
    }
    if (token == JsonToken.START_ARRAY) {
      return list(parser);
    }
    parser.skipChildren();
    return OTHER;
  }

  private static Object list(JsonParser parser) {
    List<String> texts = new ArrayList<>();
    boolean flat = true;
    for (JsonToken token = parser.nextToken();
        token != JsonToken.END_ARRAY && token != null;
        token = parser.nextToken()) {
      if (token == JsonToken.VALUE_STRING && texts.size() < MAX_ELEMENTS) {
        texts.add(parser.getString());
      } else {
        flat = false;
        parser.skipChildren();
      }
    }
    return flat ? List.copyOf(texts) : OTHER;
  }

  /** A text of at most {@code max} characters, not empty; throws where it is not there. */
  String text(String name, int max) throws Shape {
    if (members.get(name) instanceof String text && !text.isEmpty() && text.length() <= max) {
      return text;
    }
    throw new Shape();
  }

  /** A whole number within the bounds, both included. */
  long number(String name, long min, long max) throws Shape {
    if (members.get(name) instanceof Long number && number >= min && number <= max) {
      return number;
    }
    throw new Shape();
  }

  /** A boolean. */
  boolean flag(String name) throws Shape {
    if (members.get(name) instanceof Boolean flag) {
      return flag;
    }
    throw new Shape();
  }

  /** A list of {@code min} to {@code max} texts, each of at most {@code each} characters. */
  List<String> texts(String name, int min, int max, int each) throws Shape {
    if (members.get(name) instanceof List<?> list && list.size() >= min && list.size() <= max) {
      List<String> texts = new ArrayList<>(list.size());
      for (Object element : list) {
        if (!(element instanceof String text) || text.isEmpty() || text.length() > each) {
          throw new Shape();
        }
        texts.add(text);
      }
      return texts;
    }
    throw new Shape();
  }

  /** A member that is missing or of another shape; without a stack trace. */
  static final class Shape extends Exception {
    private static final long serialVersionUID = 1;

    Shape() {
      super("a member is missing or of another shape", null, false, false);
    }
  }
}
