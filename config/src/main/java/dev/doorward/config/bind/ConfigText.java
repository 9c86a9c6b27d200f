package dev.doorward.config.bind;

import dev.doorward.config.bind.KeySpec.Shape;
import java.lang.reflect.RecordComponent;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Writes a configuration as it is in effect, as YAML; secrets are shown as {@code ***}. */
public final class ConfigText {
  private ConfigText() {}

  /** The text, one key a line, each line ended. */
  public static String of(Record config) {
    StringBuilder out = new StringBuilder();
    section(config, "", List.of(), null, out);
    return out.toString();
  }

  /** The text with a comment behind each key that says where its value comes from. */
  public static String of(Record config, Origins origins) {
    StringBuilder out = new StringBuilder();
    section(config, "", List.of(), origins, out);
    return out.toString();
  }

  private static String comment(@Nullable Origins origins, List<String> path) {
    return origins == null ? "\n" : "  # " + origins.of(path) + "\n";
  }

  private static List<String> below(List<String> path, String name) {
    return Stream.concat(path.stream(), Stream.of(name)).toList();
  }

  private static void section(
      Record config,
      String indent,
      List<String> prefix,
      @Nullable Origins origins,
      StringBuilder out) {
    for (RecordComponent component : config.getClass().getRecordComponents()) {
      Object value = read(component, config);
      List<String> path = below(prefix, KeySpec.name(component));
      String start = indent + KeySpec.name(component) + ":";
      switch (Shape.of(component.getGenericType())) {
        case Shape.Single(ValueType<?> kind, boolean optional) -> {
          Optional<?> single = optional ? (Optional<?>) value : Optional.of(value);
          single.ifPresent(v ->
              out.append(start)
                  .append(' ')
                  .append(quoted(kind.show(v)))
                  .append(comment(origins, path)));
        }
        case Shape.Several(ValueType<?> kind) -> {
          List<?> values = (List<?>) value;
          out.append(start).append(values.isEmpty() ? " []" : "").append(comment(origins, path));
          for (Object item : values) {
            out.append(indent).append("  - ").append(quoted(kind.show(item))).append('\n');
          }
        }
        case Shape.Section _ -> {
          out.append(start).append('\n');
          section((Record) value, indent + "  ", path, origins, out);
        }
        case Shape.Named(ValueType<?> name, Class<? extends Record> _) -> {
          Map<String, Record> sections = new TreeMap<>();
          ((Map<?, ?>) value).forEach((k, v) -> sections.put(name.show(k), (Record) v));
          out.append(start).append(sections.isEmpty() ? " {}\n" : "\n");
          sections.forEach((k, v) -> {
            out.append(indent).append("  ").append(k).append(":\n");
            section(v, indent + "    ", below(path, k), origins, out);
          });
        }
      }
    }
  }

  /** The text as a YAML scalar: quoted wherever a plain one could be read as something else. */
  private static String quoted(String text) {
    boolean plain = text.matches("[A-Za-z0-9/~.][A-Za-z0-9/~._:-]*[A-Za-z0-9/]|[A-Za-z0-9]");
    return plain ? text : "'" + text.replace("'", "''") + "'";
  }

  private static Object read(RecordComponent component, Record config) {
    try {
      return component.getAccessor().invoke(config);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("a record's accessor only reads", e);
    }
  }
}
