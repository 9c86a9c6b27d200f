package dev.doorward.testbed.demo;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** One process of the demo. It ends when this one ends, however that comes about. */
final class Child {
  private static final int TAIL_LINES = 12;

  /**
   * For commands that are not ours: a shell becomes the command, and beside it another one waits
   * for the end of standard input and then ends the whole group.
   */
  private static final String WRAPPER =
      """
      exec 3<&0
      me=$$
      (
        cat <&3 >/dev/null
        kill -TERM "-$me" "$me" 2>/dev/null
        sleep 3
        kill -KILL "-$me" "$me" 2>/dev/null
      ) &
      exec 3<&-
      exec sh -c "$1" </dev/null
      """;

  private final String name;
  private final Process process;
  private final Path log;

  private Child(String name, Process process, Path log) {
    this.name = name;
    this.process = process;
    this.log = log;
  }

  /** Starts a program of ours; its output goes to {@code <folder>/<name>.log}. */
  static Child start(String name, List<String> command, Path folder) throws IOException {
    return start(name, new ProcessBuilder(command), folder);
  }

  /** Starts a command of the user's with {@code environment} added to ours. */
  static Child startCommand(
      String name, String command, Map<String, String> environment, Path folder)
      throws IOException {
    List<String> shell = List.of("sh", "-c", WRAPPER, "sh", command);
    var builder =
        Files.isExecutable(Path.of("/usr/bin/setsid"))
            ? new ProcessBuilder(
                Stream.concat(Stream.of("/usr/bin/setsid"), shell.stream()).toList())
            : new ProcessBuilder(shell);
    builder.environment().putAll(environment);
    return start(name, builder, folder);
  }

  private static Child start(String name, ProcessBuilder builder, Path folder) throws IOException {
    Path log = folder.resolve(name + ".log");
    builder.redirectErrorStream(true).redirectOutput(log.toFile());
    return new Child(name, builder.start(), log);
  }

  String name() {
    return name;
  }

  long pid() {
    return process.pid();
  }

  boolean alive() {
    return process.isAlive();
  }

  /** Calls {@code listener} on a thread of its own once the process has ended. */
  void onEnd(Runnable listener) {
    var _ = process.onExit().thenRun(listener);
  }

  /** Throws where the process has ended. */
  void check() {
    if (!alive()) {
      throw new DemoFailure(obituary());
    }
  }

  /** How it ended, and the end of its log. */
  String obituary() {
    return "The "
        + name
        + " has ended with code "
        + process.exitValue()
        + "; its last lines ("
        + log
        + "):\n"
        + tail();
  }

  private String tail() {
    try {
      List<String> lines = Files.readString(log).lines().toList();
      return String.join(
          "\n",
          lines.subList(Math.max(0, lines.size() - TAIL_LINES), lines.size()).stream()
              .map(line -> "  " + line)
              .toList());
    } catch (IOException e) {
      return "  (no log)";
    }
  }

  /** Asks it to end. */
  void end() {
    letGo();
    process.destroy();
  }

  /** Ends its standard input, as happens when this process dies: then a wrapped command ends. */
  void letGo() {
    try {
      process.getOutputStream().close();
    } catch (IOException e) {
      // It has ended already.
    }
  }

  /** Waits for its end, then insists. */
  void awaitEnd(Duration patience) throws InterruptedException {
    List<ProcessHandle> descendants = process.descendants().toList();
    if (!process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS)) {
      process.destroyForcibly();
    }
    descendants.forEach(ProcessHandle::destroyForcibly);
  }
}
