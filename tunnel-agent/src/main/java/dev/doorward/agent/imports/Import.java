package dev.doorward.agent.imports;

import dev.doorward.common.identity.ServiceName;
import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Reason;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * What an import changes: the new text of agent.yaml, the files with secrets beside it, and what a
 * person is told. Pure.
 *
 * @param secrets contents of the environment files, by path
 * @param lines what was taken and what was not, a sentence each
 */
public record Import(
    String yaml, Map<Path, String> secrets, List<ServiceName> taken, List<String> lines) {
  private static final Pattern SECRET_ARGUMENT =
      Pattern.compile("(?i).*(key|token|secret|passw|bearer|credential).*");

  /** Copies the collections. */
  public Import {
    secrets = Map.copyOf(secrets);
    taken = List.copyOf(taken);
    lines = List.copyOf(lines);
  }

  /**
   * Works it out.
   *
   * @param yaml the text of agent.yaml, empty where there is none
   * @param there names that are taken already
   * @param folder where agent.yaml is
   */
  public static Outcome<Import> of(
      List<Found> found, String yaml, Set<ServiceName> there, Path folder) {
    Set<ServiceName> names = new HashSet<>(there);
    List<String> written = new ArrayList<>();
    Map<Path, String> secrets = new LinkedHashMap<>();
    List<ServiceName> taken = new ArrayList<>();
    List<String> lines = new ArrayList<>();
    for (Found each : found) {
      switch (each) {
        case Found.NotTaken(String called, String why) ->
            lines.add("Not taken: " + shown(called) + ": " + why + ".");
        case Found.Url(String called, String url, boolean oldEvents) -> {
          ServiceName name = Names.of(called, names);
          names.add(name);
          taken.add(name);
          written.add(ServiceYaml.url(name, url, oldEvents));
          lines.add("Taken: " + name + ", at " + url + ".");
        }
        case Found.Command command -> {
          ServiceName name = Names.of(command.called(), names);
          names.add(name);
          taken.add(name);
          Optional<Path> file =
              command.secrets().isEmpty()
                  ? Optional.empty()
                  : Optional.of(folder.resolve(name + ".env"));
          file.ifPresent(path -> secrets.put(path, environment(command.secrets())));
          written.add(
              ServiceYaml.command(
                  name, command.command(), command.inherited(), file, command.directory()));
          lines.add(said(name, command, file));
        }
      }
    }
    if (taken.isEmpty()) {
      return Outcome.ok(new Import(yaml, Map.of(), taken, lines));
    }
    return ServiceYaml.added(yaml, written)
        .<Outcome<Import>>map(text -> Outcome.ok(new Import(text, secrets, taken, lines)))
        .orElseGet(() ->
            Outcome.failed(
                Reason.CONFIG_VALUE_REFUSED,
                "The services of agent.yaml are written in braces; write one below the other, each"
                    + " on its own lines, then import again."));
  }

  private static String said(ServiceName name, Found.Command command, Optional<Path> file) {
    StringBuilder line =
        new StringBuilder(
            "Taken: " + name + ", the command " + shown(command.command().getFirst()));
    file.ifPresent(path -> line.append("; its environment went to ").append(path.getFileName()));
    if (command.command().stream()
        .skip(1)
        .anyMatch(each -> SECRET_ARGUMENT.matcher(each).matches())) {
      line.append("; an argument looks like a secret and stays in agent.yaml");
    }
    return line.append('.').toString();
  }

  private static String environment(Map<String, String> values) {
    StringBuilder text = new StringBuilder();
    new TreeMap<>(values)
        .forEach((name, value) -> text.append(name).append('=').append(value).append('\n'));
    return text.toString();
  }

  private static String shown(String text) {
    String plain = text.replaceAll("[\\p{Cntrl}\\p{Cf}]", "?");
    return plain.length() <= 64 ? plain : plain.substring(0, 64) + "...";
  }
}
