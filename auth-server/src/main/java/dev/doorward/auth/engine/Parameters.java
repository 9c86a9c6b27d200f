package dev.doorward.auth.engine;

import java.net.URLEncoder;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * The parameters of a query or a form ({@code application/x-www-form-urlencoded}), decoded
 * strictly: whole escapes, valid UTF-8, no NUL, at most {@link #MOST}. A parameter without a value
 * counts as absent (RFC 6749 section 3.1).
 */
public record Parameters(Map<String, List<String>> values) {
  /** More parameters than this are refused. */
  public static final int MOST = 64;

  /** No parameters. */
  public static final Parameters NONE = new Parameters(Map.of());

  /** Reads a raw query or form body; empty where it is malformed. */
  public static Optional<Parameters> parse(String raw) {
    Map<String, List<String>> values = new LinkedHashMap<>();
    int count = 0;
    for (String pair : raw.split("&", MOST + 2)) {
      if (pair.isEmpty()) {
        continue;
      }
      int equals = pair.indexOf('=');
      Optional<String> name = decode(equals < 0 ? pair : pair.substring(0, equals));
      Optional<String> value = decode(equals < 0 ? "" : pair.substring(equals + 1));
      if (++count > MOST || name.isEmpty() || value.isEmpty()) {
        return Optional.empty();
      }
      if (!value.get().isEmpty()) {
        values.computeIfAbsent(name.get(), _ -> new ArrayList<>()).add(value.get());
      }
    }
    return Optional.of(new Parameters(values));
  }

  /** The query of a call. */
  public static Optional<Parameters> ofQuery(AuthCall call) {
    return call.query() == null ? Optional.of(NONE) : parse(call.query());
  }

  /** The form in the body of a call; empty for another content type too. */
  public static Optional<Parameters> ofForm(AuthCall call) {
    String type = call.header("content-type");
    if (type == null
        || !type.split(";", 2)[0].strip().equalsIgnoreCase("application/x-www-form-urlencoded")) {
      return Optional.empty();
    }
    return parse(new String(call.body(), StandardCharsets.ISO_8859_1));
  }

  /** The same without some of them. */
  public Parameters without(Set<String> names) {
    Map<String, List<String>> left = new LinkedHashMap<>(values);
    left.keySet().removeAll(names);
    return new Parameters(left);
  }

  /** The same with one value in place of whatever a parameter had. */
  public Parameters with(String name, String value) {
    Map<String, List<String>> more = new LinkedHashMap<>(values);
    more.put(name, List.of(value));
    return new Parameters(more);
  }

  /** As a query or form that {@link #parse} reads. */
  public String text() {
    return values.entrySet().stream()
        .flatMap(e -> e.getValue().stream().map(v -> encode(e.getKey()) + "=" + encode(v)))
        .collect(Collectors.joining("&"));
  }

  private static String encode(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  /** The value of a parameter, the first one where it is repeated. */
  public Optional<String> one(String name) {
    return Optional.ofNullable(values.get(name)).map(List::getFirst);
  }

  /** Every value of a parameter. */
  public List<String> all(String name) {
    return values.getOrDefault(name, List.of());
  }

  /** The first parameter that is there more than once, {@code except} not counted. */
  public Optional<String> repeated(String except) {
    return values.entrySet().stream()
        .filter(e -> e.getValue().size() > 1 && !e.getKey().equals(except))
        .map(Map.Entry::getKey)
        .findFirst();
  }

  private static Optional<String> decode(String text) {
    ByteBuffer bytes = ByteBuffer.allocate(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '%') {
        if (i + 2 >= text.length()
            || !HexFormat.isHexDigit(text.charAt(i + 1))
            || !HexFormat.isHexDigit(text.charAt(i + 2))) {
          return Optional.empty();
        }
        bytes.put((byte) HexFormat.fromHexDigits(text, i + 1, i + 3));
        i += 2;
      } else if (c > 0xff) {
        return Optional.empty();
      } else {
        bytes.put(c == '+' ? (byte) ' ' : (byte) c);
      }
    }
    try {
      String decoded = StandardCharsets.UTF_8.newDecoder().decode(bytes.flip()).toString();
      return decoded.indexOf(0) >= 0 ? Optional.empty() : Optional.of(decoded);
    } catch (CharacterCodingException e) {
      return Optional.empty();
    }
  }
}
