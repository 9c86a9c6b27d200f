package dev.doorward.config.bind;

import dev.doorward.common.identity.Secret;
import dev.doorward.common.outcome.Reason;
import dev.doorward.config.bind.KeySpec.Shape;
import dev.doorward.config.check.DidYouMean;
import dev.doorward.config.check.Finding;
import dev.doorward.config.check.SelfChecked;
import dev.doorward.config.load.ConfigTree;
import dev.doorward.config.value.Home;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Makes a record of a tree and the environment, and gathers everything that is wrong on the way.
 */
final class Binder {
  private static final int SHOWN = 64;

  private final String source;
  private final ValueType.Folders folders;
  private final Map<String, String> environment;
  private final List<Finding> findings = new ArrayList<>();

  /**
   * A binder for one file.
   *
   * @param source what findings call the file
   * @param base the folder that relative paths start from
   */
  Binder(String source, Path base, Map<String, String> environment) {
    this.source = source;
    this.folders = new ValueType.Folders(base, Home.of(environment));
    this.environment = environment;
  }

  List<Finding> findings() {
    return findings;
  }

  /** The record, or null where something is wrong with it; then there are findings. */
  <R extends Record> @Nullable R bind(Class<R> type, ConfigTree.Branch tree, String path) {
    RecordComponent[] components = type.getRecordComponents();
    @Nullable Object[] values = new @Nullable Object[components.length];
    boolean whole = true;
    for (int i = 0; i < components.length; i++) {
      String name = KeySpec.name(components[i]);
      ConfigTree.@Nullable Entry entry = tree.entries().get(name);
      String key = path.isEmpty() ? name : path + "." + name;
      values[i] = value(components[i], key, entry, tree.line());
      whole &= values[i] != null;
    }
    refuseUnknown(tree, path, Arrays.stream(components).map(KeySpec::name).toList());
    if (!whole) {
      return null;
    }
    R made = construct(type, components, values);
    if (made instanceof SelfChecked checked) {
      for (SelfChecked.Fault fault : checked.faults()) {
        ConfigTree.@Nullable Entry entry = tree.entries().get(fault.key());
        String key = path.isEmpty() ? fault.key() : path + "." + fault.key();
        add(entry == null ? tree.line() : entry.keyLine(), key, fault.text());
      }
    }
    return made;
  }

  private @Nullable Object value(
      RecordComponent component, String key, ConfigTree.@Nullable Entry entry, int line) {
    return switch (Shape.of(component.getGenericType())) {
      case Shape.Section(Class<? extends Record> type) -> {
        ConfigTree.Branch below = branch(key, entry);
        yield below == null ? null : bind(type, below, key);
      }
      case Shape.Named(ValueType<?> name, Class<? extends Record> type) ->
          named(name, type, key, entry);
      case Shape.Several(ValueType<?> kind) -> several(component, kind, key, entry);
      case Shape.Single(ValueType<?> kind, boolean optional) -> {
        Given given = given(component, key, entry, line);
        if (given == null) {
          yield null;
        }
        if (given.text().isEmpty()) {
          yield optional ? Optional.empty() : null;
        }
        Object value = single(KeySpec.key(component), kind, key, given);
        yield optional && value != null ? Optional.of(value) : value;
      }
    };
  }

  /** A text and where it stands. */
  private record Given(String text, String source, int line) {}

  /**
   * What was given for a key; empty text where nothing was and nothing is needed; null if wrong.
   */
  private @Nullable Given given(
      RecordComponent component, String key, ConfigTree.@Nullable Entry entry, int line) {
    Given override = override(key);
    if (override != null) {
      return override;
    }
    if (entry != null) {
      if (!(entry.value() instanceof ConfigTree.Leaf(String text, int _))) {
        add(entry.keyLine(), key, "takes one value, not a list and no keys below it.");
        return null;
      }
      if (text.isEmpty()) {
        add(entry.keyLine(), key, "has no value; give it one or remove the line.");
        return null;
      }
      return new Given(text, source, entry.keyLine());
    }
    Key spec = KeySpec.key(component);
    boolean optional = component.getType() == Optional.class;
    if (spec.fallback().isEmpty() && !optional) {
      String example = spec.example().isEmpty() ? "" : ", such as " + spec.example();
      add(line, key, "is missing; there is no default for it" + example + ".");
      return null;
    }
    return new Given(spec.fallback(), source, line);
  }

  private @Nullable Given override(String key) {
    String variable =
        "DOORWARD_" + key.replace('.', '_').replace('-', '_').toUpperCase(java.util.Locale.ROOT);
    String text = environment.get(variable);
    return text == null || text.isEmpty() ? null : new Given(text, variable, 0);
  }

  private @Nullable Object single(Key spec, ValueType<?> kind, String key, Given given) {
    Object value = kind.parse(given.text(), folders).orElse(null);
    boolean secret = kind.type().equals(Secret.class);
    String shown = secret ? "***" : "\"" + shown(given.text()) + "\"";
    if (value == null) {
      add(given, key, Reason.CONFIG_VALUE_REFUSED, shown + " is not " + kind.form() + ".");
      return null;
    }
    if (!spec.least().isEmpty() && compare(kind, value, spec.least()) < 0) {
      add(
          given,
          key,
          Reason.CONFIG_VALUE_REFUSED,
          shown + " is less than the least, " + spec.least() + ".");
      return null;
    }
    if (!spec.most().isEmpty() && compare(kind, value, spec.most()) > 0) {
      add(
          given,
          key,
          Reason.CONFIG_VALUE_REFUSED,
          shown + " is more than the most, " + spec.most() + ".");
      return null;
    }
    if (spec.readable() && value instanceof Path file && !isReadable(file)) {
      add(
          given,
          key,
          Reason.FILE_UNREADABLE,
          file + (Files.exists(file) ? " may not be read by this process." : " does not exist."));
      return null;
    }
    return value;
  }

  private static boolean isReadable(Path file) {
    return Files.isRegularFile(file) && Files.isReadable(file);
  }

  @SuppressWarnings("unchecked")
  private <T> int compare(ValueType<T> kind, Object value, String bound) {
    T limit = kind.parse(bound, folders).orElseThrow();
    return ((Comparable<T>) value).compareTo(limit);
  }

  private @Nullable Object several(
      RecordComponent component, ValueType<?> kind, String key, ConfigTree.@Nullable Entry entry) {
    List<Given> texts = new ArrayList<>();
    Given override = override(key);
    if (override != null) {
      for (String text : override.text().split(",", -1)) {
        texts.add(new Given(text.strip(), override.source(), 0));
      }
    } else if (entry != null) {
      if (!(entry.value() instanceof ConfigTree.Items(List<ConfigTree> items, int _))) {
        add(entry.keyLine(), key, "is a list: one value a line below it, each behind a dash.");
        return null;
      }
      for (ConfigTree item : items) {
        String text = item instanceof ConfigTree.Leaf(String leaf, int _) ? leaf : "";
        texts.add(new Given(text, source, item.line()));
      }
    } else if (!KeySpec.key(component).fallback().isEmpty()) {
      for (String text : KeySpec.key(component).fallback().split(",", -1)) {
        texts.add(new Given(text.strip(), source, 0));
      }
    }
    List<Object> values = new ArrayList<>();
    for (Given text : texts) {
      Object value = single(KeySpec.key(component), kind, key, text);
      if (value != null) {
        values.add(value);
      }
    }
    return values.size() == texts.size() ? List.copyOf(values) : null;
  }

  private @Nullable Object named(
      ValueType<?> name,
      Class<? extends Record> type,
      String key,
      ConfigTree.@Nullable Entry entry) {
    ConfigTree.Branch tree = branch(key, entry);
    if (tree == null) {
      return null;
    }
    Map<Object, Object> sections = new LinkedHashMap<>();
    tree.entries()
        .forEach((text, below) -> {
          Object parsed = name.parse(text, folders).orElse(null);
          if (parsed == null) {
            String wrong = "\"" + shown(text) + "\" is not " + name.form() + ".";
            add(below.keyLine(), key, wrong);
          }
          ConfigTree.Branch branch = branch(key + "." + text, below);
          Object section = branch == null ? null : bind(type, branch, key + "." + text);
          if (parsed != null && section != null) {
            sections.put(parsed, section);
          }
        });
    return sections.size() == tree.entries().size() ? Map.copyOf(sections) : null;
  }

  /** What is below a key: empty where the key is not there, null where it is no section. */
  private ConfigTree.@Nullable Branch branch(String key, ConfigTree.@Nullable Entry entry) {
    return switch (entry == null ? null : entry.value()) {
      case null -> ConfigTree.Branch.empty();
      case ConfigTree.Branch branch ->
          new ConfigTree.Branch(branch.entries(), entry == null ? 0 : entry.keyLine());
      case ConfigTree.Leaf(String text, int _) when text.isEmpty() -> ConfigTree.Branch.empty();
      case ConfigTree.Leaf _, ConfigTree.Items _ -> {
        add(entry == null ? 0 : entry.keyLine(), key, "needs keys below it, not a value.");
        yield null;
      }
    };
  }

  private void refuseUnknown(ConfigTree.Branch tree, String path, List<String> known) {
    tree.entries()
        .forEach((name, entry) -> {
          if (!known.contains(name)) {
            String meant =
                DidYouMean.among(known, name)
                    .map(word -> "did you mean " + word + "?")
                    .orElse("the keys here are " + String.join(", ", known) + ".");
            findings.add(
                new Finding(
                    source,
                    entry.keyLine(),
                    path.isEmpty() ? shown(name) : path + "." + shown(name),
                    Reason.CONFIG_UNKNOWN_KEY,
                    "there is no such key; " + meant));
          }
        });
  }

  private void add(int line, String key, String text) {
    findings.add(new Finding(source, line, key, Reason.CONFIG_VALUE_REFUSED, text));
  }

  private void add(Given given, String key, Reason reason, String text) {
    findings.add(new Finding(given.source(), given.line(), key, reason, text));
  }

  /** At most 64 characters of what somebody wrote, without control characters. */
  private static String shown(String text) {
    String printable = text.replaceAll("\\p{Cntrl}", "?");
    return printable.length() <= SHOWN ? printable : printable.substring(0, SHOWN) + "...";
  }

  private static <R extends Record> R construct(
      Class<R> type, RecordComponent[] components, @Nullable Object[] values) {
    Class<?>[] types =
        Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
    try {
      return type.getDeclaredConstructor(types).newInstance(values);
    } catch (NoSuchMethodException
        | InstantiationException
        | IllegalAccessException
        | InvocationTargetException e) {
      throw new IllegalStateException(type + " cannot be made of values within its bounds", e);
    }
  }
}
