package dev.doorward.config.bind;

import dev.doorward.config.bind.KeySpec.Shape;
import java.lang.reflect.RecordComponent;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Writes a configuration as it is in effect, as YAML; secrets are shown as {@code ***}. */
public final class ConfigText {
  private ConfigText() {}

  /** The text, one key a line, each line ended. */
  public static String of(Record config) {
    StringBuilder out = new StringBuilder();
    section(config, "", out);
    return out.toString();
  }

  private static void section(Record config, String indent, StringBuilder out) {
    for (RecordComponent component : config.getClass().getRecordComponents()) {
      Object value = read(component, config);
      String start = indent + KeySpec.name(component) + ":";
      switch (Shape.of(component.getGenericType())) {
        case Shape.Single(ValueType<?> kind, boolean optional) -> {
          Optional<?> single = optional ? (Optional<?>) value : Optional.of(value);
          single.ifPresent(
              v -> out.append(start).append(' ').append(quoted(kind.show(v))).append('\n'));
        }
        case Shape.Several(ValueType<?> kind) -> {
          List<?> values = (List<?>) value;
          out.append(start).append(values.isEmpty() ? " []\n" : "\n");
          for (Object item : values) {
            out.append(indent).append("  - ").append(quoted(kind.show(item))).append('\n');
          }
        }
        case Shape.Section _ -> {
          out.append(start).append('\n');
          section((Record) value, indent + "  ", out);
        }
        case Shape.Named(ValueType<?> name, Class<? extends Record> _) -> {
          Map<String, Record> sections = new TreeMap<>();
          ((Map<?, ?>) value).forEach((k, v) -> sections.put(name.show(k), (Record) v));
          out.append(start).append(sections.isEmpty() ? " {}\n" : "\n");
          sections.forEach((k, v) -> {
            out.append(indent).append("  ").append(k).append(":\n");
            section(v, indent + "    ", out);
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
