package dev.doorward.config.bind;

import dev.doorward.common.identity.Secret;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * A key as the records declare it.
 *
 * @param path dotted; a part that the user names is {@code <name>}
 * @param form what a right value is
 * @param needed whether there is no configuration without it
 * @param several whether it is a list
 * @param secret whether its value is never shown
 */
public record KeySpec(
    String path, String form, Key key, boolean needed, boolean several, boolean secret) {
  /** The environment variable that overrides it, or empty where a part of the path is free. */
  public Optional<String> variable() {
    return path.contains("<")
        ? Optional.empty()
        : Optional.of(
            "DOORWARD_" + path.replace('.', '_').replace('-', '_').toUpperCase(Locale.ROOT));
  }

  /** Every key of a configuration record, in the order of declaration. */
  public static List<KeySpec> of(Class<? extends Record> type) {
    List<KeySpec> keys = new ArrayList<>();
    collect(type, "", keys);
    return List.copyOf(keys);
  }

  private static void collect(Class<?> type, String prefix, List<KeySpec> keys) {
    for (RecordComponent component : type.getRecordComponents()) {
      Shape shape = Shape.of(component.getGenericType());
      String path = prefix + name(component);
      switch (shape) {
        case Shape.Section(Class<? extends Record> below) -> collect(below, path + ".", keys);
        case Shape.Named(_, Class<? extends Record> below) ->
            collect(below, path + ".<name>.", keys);
        case Shape.Single(ValueType<?> kind, boolean optional) ->
            keys.add(
                new KeySpec(
                    path,
                    kind.form(),
                    key(component),
                    !optional && key(component).fallback().isEmpty(),
                    false,
                    kind.type().equals(Secret.class)));
        case Shape.Several(ValueType<?> kind) ->
            keys.add(new KeySpec(path, kind.form(), key(component), false, true, false));
      }
    }
  }

  static Key key(RecordComponent component) {
    Key key = component.getAnnotation(Key.class);
    if (key == null) {
      throw new IllegalStateException(component + " has no @Key");
    }
    return key;
  }

  /** The key of a component: its name in kebab-case. */
  static String name(RecordComponent component) {
    return component.getName().replaceAll("([A-Z])", "-$1").toLowerCase(Locale.ROOT);
  }

  /** What a component's type means. */
  sealed interface Shape {
    /** A single value. */
    record Single(ValueType<?> kind, boolean optional) implements Shape {}

    /** A list of single values. */
    record Several(ValueType<?> kind) implements Shape {}

    /** Keys below a key. */
    record Section(Class<? extends Record> type) implements Shape {}

    /** Sections that the user names. */
    record Named(ValueType<?> name, Class<? extends Record> type) implements Shape {}

    static Shape of(Type type) {
      if (type instanceof ParameterizedType generic) {
        Type[] arguments = generic.getActualTypeArguments();
        if (generic.getRawType() == Optional.class) {
          return new Single(kind(arguments[0]), true);
        }
        if (generic.getRawType() == List.class) {
          return new Several(kind(arguments[0]));
        }
        if (generic.getRawType() == Map.class) {
          return new Named(kind(arguments[0]), ((Class<?>) arguments[1]).asSubclass(Record.class));
        }
      }
      Class<?> plain = (Class<?>) type;
      ValueType<?> kind = ValueType.find(plain);
      return kind != null ? new Single(kind, false) : new Section(plain.asSubclass(Record.class));
    }

    private static ValueType<?> kind(Type type) {
      ValueType<?> kind = ValueType.find((Class<?>) type);
      if (kind == null) {
        throw new IllegalStateException(type + " is not a kind of value");
      }
      return kind;
    }
  }
}
