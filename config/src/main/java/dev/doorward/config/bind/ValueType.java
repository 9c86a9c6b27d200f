package dev.doorward.config.bind;

import dev.doorward.common.identity.Issuer;
import dev.doorward.common.identity.ScopeName;
import dev.doorward.common.identity.Secret;
import dev.doorward.common.identity.ServiceName;
import dev.doorward.config.value.ByteSize;
import dev.doorward.config.value.Home;
import dev.doorward.config.value.HostName;
import dev.doorward.config.value.HostPort;
import dev.doorward.config.value.HttpUrl;
import dev.doorward.config.value.IssuerUrl;
import dev.doorward.config.value.Origin;
import dev.doorward.config.value.ProviderName;
import dev.doorward.config.value.ProxyRule;
import dev.doorward.config.value.TimeSpan;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A kind of value that stands behind one key.
 *
 * @param form what a right value is, to be put behind "is not"
 * @param read from the text and the folders that paths start from
 * @param write the canonical text
 */
record ValueType<T>(
    Class<T> type,
    String form,
    BiFunction<String, Folders, Optional<T>> read,
    Function<T, String> write) {

  /**
   * Where paths start.
   *
   * @param base those that are relative
   * @param home those that begin with {@code ~/}
   */
  record Folders(Path base, Path home) {}

  private static final List<ValueType<?>> ALL =
      List.of(
          of(String.class, "text", Optional::of, s -> s),
          of(Integer.class, "a whole number", ValueType::integer, Object::toString),
          of(Boolean.class, "true or false", ValueType::bool, Object::toString),
          of(Duration.class, "a time such as 30s, 5m or 24h", TimeSpan::parse, TimeSpan::write),
          of(ByteSize.class, "a size such as 64KiB or 4MiB", ByteSize::parse, Object::toString),
          of(HostPort.class, "an address such as 0.0.0.0:443", HostPort::parse, Object::toString),
          of(HostName.class, "a host name such as claude.ai", HostName::parse, Object::toString),
          of(
              Origin.class,
              "an origin such as https://app.example.com",
              Origin::parse,
              Object::toString),
          of(
              HttpUrl.class,
              "a URL such as http://127.0.0.1:3000/mcp",
              HttpUrl::parse,
              Object::toString),
          of(
              ProxyRule.class,
              "direct, or a proxy such as http://proxy.example:3128",
              ProxyRule::parse,
              Object::toString),
          of(
              Issuer.class,
              "an https origin such as https://mcp.example.com, without a path",
              Issuer::parse,
              Object::toString),
          of(
              ServiceName.class,
              "a service name: 1 to 32 of a-z 0-9 and -, starting with a letter, and not reserved",
              ServiceName::parse,
              Object::toString),
          of(
              ProviderName.class,
              "a name: 1 to 32 of a-z 0-9 and -, starting with a letter",
              ProviderName::parse,
              Object::toString),
          of(
              IssuerUrl.class,
              "an https URL such as https://login.example.com, without query or fragment",
              IssuerUrl::parse,
              Object::toString),
          of(
              ScopeName.class,
              "a scope: 1 to 64 of a-z 0-9 . _ : and -, starting with a letter, and not reserved",
              ScopeName::parse,
              Object::toString),
          of(Secret.class, "a secret", text -> Optional.of(new Secret(text)), Object::toString),
          new ValueType<>(Path.class, "a path", ValueType::path, Object::toString));

  private static <T> ValueType<T> of(
      Class<T> type, String form, Function<String, Optional<T>> read, Function<T, String> write) {
    return new ValueType<>(type, form, (text, _) -> read.apply(text), write);
  }

  /** The kind of a component's type, or null where the type is no single value. */
  static @Nullable ValueType<?> find(Class<?> type) {
    Class<?> boxed =
        type == int.class ? Integer.class : type == boolean.class ? Boolean.class : type;
    if (boxed.isEnum()) {
      return choice(boxed);
    }
    return ALL.stream().filter(kind -> kind.type().equals(boxed)).findFirst().orElse(null);
  }

  private static ValueType<Object> choice(Class<?> type) {
    List<Object> choices = Arrays.asList((Object[]) type.getEnumConstants());
    String form =
        "one of " + choices.stream().map(ValueType::word).collect(Collectors.joining(", "));
    @SuppressWarnings("unchecked")
    Class<Object> any = (Class<Object>) type;
    return new ValueType<>(
        any,
        form,
        (text, _) -> choices.stream().filter(c -> word(c).equals(text)).findFirst(),
        ValueType::word);
  }

  private static String word(Object choice) {
    return ((Enum<?>) choice).name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** The value, or empty where {@code text} is not of the form. */
  Optional<T> parse(String text, Folders folders) {
    return read.apply(text, folders);
  }

  /** The canonical text of a value of this kind. */
  String show(Object value) {
    return write.apply(type.cast(value));
  }

  private static Optional<Integer> integer(String text) {
    return text.matches("-?[0-9]{1,9}") ? Optional.of(Integer.valueOf(text)) : Optional.empty();
  }

  private static Optional<Boolean> bool(String text) {
    return switch (text) {
      case "true" -> Optional.of(true);
      case "false" -> Optional.of(false);
      default -> Optional.empty();
    };
  }

  private static Optional<Path> path(String text, Folders folders) {
    try {
      Path path = Home.expand(text, folders.home());
      return Optional.of(folders.base().resolve(path).toAbsolutePath().normalize());
    } catch (InvalidPathException e) {
      return Optional.empty();
    }
  }
}
