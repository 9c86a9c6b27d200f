package dev.doorward.agent.process;

import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Reason;
import dev.doorward.config.data.PrivateFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** What a process finds in its environment: an allow-list, and what agent.yaml adds. */
public final class Environment {
  /** Names that every process gets, where the agent has them. */
  static final Set<String> ALWAYS =
      Set.of("PATH", "HOME", "USER", "LOGNAME", "SHELL", "LANG", "LC_ALL", "TZ", "TMPDIR");

  private static final int MOST_BYTES = 1 << 20;
  private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

  private Environment() {}

  /**
   * The environment of a process; refused where the file cannot be read or others may read it.
   * Blocks on the disk.
   *
   * @param own the agent's environment
   * @param entries {@code NAME=value}, or {@code NAME} for the agent's own value
   */
  public static Outcome<Map<String, String>> of(
      Map<String, String> own, List<String> entries, Optional<Path> file) {
    Map<String, String> made = new HashMap<>();
    own.forEach((name, value) -> {
      if (ALWAYS.contains(name)) {
        made.put(name, value);
      }
    });
    for (String entry : entries) {
      int equals = entry.indexOf('=');
      if (equals > 0) {
        made.put(entry.substring(0, equals), entry.substring(equals + 1));
      } else {
        String value = own.get(entry);
        if (value != null) {
          made.put(entry, value);
        }
      }
    }
    return file.isEmpty()
        ? Outcome.ok(made)
        : PrivateFile.read(file.get(), MOST_BYTES)
            .then(bytes -> add(new String(bytes, StandardCharsets.UTF_8), file.get(), made));
  }

  private static Outcome<Map<String, String>> add(
      String text, Path file, Map<String, String> made) {
    int number = 0;
    for (String line : text.split("\n", -1)) {
      number++;
      String entry = line.strip();
      if (entry.isEmpty() || entry.startsWith("#")) {
        continue;
      }
      int equals = entry.indexOf('=');
      String name = equals < 0 ? "" : entry.substring(0, equals);
      if (!NAME.matcher(name).matches() || entry.indexOf('\0') >= 0) {
        return Outcome.failed(
            Reason.CONFIG_VALUE_REFUSED,
            file + ", line " + number + ": write it as NAME=value, with letters, digits and _.");
      }
      made.put(name, entry.substring(equals + 1));
    }
    return Outcome.ok(made);
  }
}
