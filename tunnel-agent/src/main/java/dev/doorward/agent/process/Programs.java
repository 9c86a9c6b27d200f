package dev.doorward.agent.process;

import dev.doorward.common.outcome.Problem;
import dev.doorward.common.outcome.Reason;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Pattern;

/** Whether a program can be run, as far as it can be seen. Blocks on the disk. */
public final class Programs {
  private Programs() {}

  /**
   * Why not, or empty.
   *
   * @param program a name to be found on {@code path}, or a path itself
   * @param path folders, as the variable PATH has them
   * @param directory where it would run
   */
  public static Optional<Problem> hindrance(String program, String path, Path directory) {
    boolean found =
        program.contains("/")
            ? Files.isExecutable(directory.resolve(program))
            : Pattern.compile(File.pathSeparator, Pattern.LITERAL)
                .splitAsStream(path)
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
    return found
        ? Optional.empty()
        : Optional.of(
            new Problem(
                Reason.BACKEND_UNREACHABLE,
                "its command " + program + " was not found; install it, or name it by its path"));
  }
}
