package dev.doorward.agent.imports;

import dev.doorward.common.identity.ServiceName;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Writes services as YAML, and into the text of an agent.yaml that keeps all else as it is. Pure.
 */
public final class ServiceYaml {
  private static final Pattern SECTION =
      Pattern.compile("(?m)^services:[ \\t]*(\\{\\})?[ \\t]*(#.*)?$");
  private static final Pattern CHILD = Pattern.compile("\\G(?:[ \\t]*(?:#.*)?\\n)*( +)[^ \\n#]");
  private static final Pattern BARE = Pattern.compile("[A-Za-z0-9_./@=+-]+");
  private static final Pattern ODD =
      Pattern.compile("(?i)[-+.]?[0-9][-+0-9.eox_a-f]*|true|false|null|yes|no|on|off|[-.=~].*");

  private ServiceYaml() {}

  /** A service that is called at its URL. */
  public static String url(ServiceName name, String url, boolean oldEvents) {
    return name + ":\n  url: " + scalar(url) + "\n" + (oldEvents ? "  transport: http-sse\n" : "");
  }

  /** A service that is a command. */
  public static String command(
      ServiceName name,
      List<String> command,
      List<String> inherited,
      Optional<Path> environmentFile,
      Optional<String> directory) {
    StringBuilder yaml = new StringBuilder(name + ":\n");
    yaml.append("  command: ").append(list(command)).append('\n');
    if (!inherited.isEmpty()) {
      yaml.append("  environment: ").append(list(inherited)).append('\n');
    }
    environmentFile.ifPresent(
        file -> yaml.append("  environment-file: ").append(scalar(file.toString())).append('\n'));
    directory.ifPresent(path -> yaml.append("  directory: ").append(scalar(path)).append('\n'));
    return yaml.toString();
  }

  private static String list(List<String> values) {
    return values.stream().map(ServiceYaml::scalar).collect(Collectors.joining(", ", "[", "]"));
  }

  /** As it is where nothing else can be read in it, and quoted where it could. */
  static String scalar(String text) {
    if (BARE.matcher(text).matches() && !ODD.matcher(text).matches() && !text.startsWith("@")) {
      return text;
    }
    StringBuilder out = new StringBuilder("\"");
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c < 0x20 || c == 0x7f || Character.isSurrogate(c) || c == 0x85 || c >= 0x2028) {
        out.append(String.format("\\u%04x", (int) c));
      } else {
        out.append(c);
      }
    }
    return out.append('"').toString();
  }

  /**
   * The text with services added at the head of its section; empty where the section is not written
   * in a way that can be added to.
   *
   * @param services each as {@link #url} or {@link #command} wrote it
   */
  public static Optional<String> added(String yaml, List<String> services) {
    String text = yaml.isEmpty() || yaml.endsWith("\n") ? yaml : yaml + "\n";
    Matcher section = SECTION.matcher(text);
    if (!section.find()) {
      return text.contains("\nservices") || text.startsWith("services")
          ? Optional.empty()
          : Optional.of(text + "services:\n" + indented(services, 2));
    }
    int below = Math.min(section.end() + 1, text.length());
    Matcher child = CHILD.matcher(text).region(below, text.length());
    int indent = section.group(1) == null && child.find() ? child.group(1).length() : 2;
    String comment = section.group(2) == null ? "" : " " + section.group(2);
    return Optional.of(
        text.substring(0, section.start())
            + "services:"
            + comment
            + "\n"
            + indented(services, indent)
            + text.substring(below));
  }

  private static String indented(List<String> services, int indent) {
    return services.stream().map(each -> each.indent(indent)).collect(Collectors.joining());
  }
}
