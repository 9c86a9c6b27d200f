package dev.doorward.config.data;

import static org.assertj.core.api.Assertions.assertThat;

import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Problem;
import dev.doorward.common.outcome.Reason;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataDirectoryTest {
  @TempDir Path folder;

  @Test
  void missingDirectoryIsMadeWithItsParentsAndMode0700() throws Exception {
    Path path = folder.resolve("var/lib/doorward");

    try (DataDirectory directory = opened(path)) {
      assertThat(directory.path()).isEqualTo(path);
      assertThat(mode(path)).isEqualTo("rwx------");
      assertThat(mode(directory.resolve("lock"))).isEqualTo("rw-------");
      assertThat(Files.readString(directory.resolve("lock")).strip())
          .isEqualTo(Long.toString(ProcessHandle.current().pid()));
    }
  }

  @Test
  void looserModeIsRefusedWithTheCommandThatEndsIt() throws Exception {
    Path path = Files.createDirectory(folder.resolve("data"));
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-x---"));

    Problem problem = problem(DataDirectory.open(path));

    assertThat(problem.reason()).isEqualTo(Reason.FILE_MODE_REFUSED);
    assertThat(problem.text()).contains("mode 0750").endsWith("run: chmod 700 " + path);
  }

  @Test
  void secondOpeningIsRefusedWithThePidOfTheHolderAndWorksAfterwards() {
    Path path = folder.resolve("data");
    try (DataDirectory first = opened(path)) {
      Problem problem = problem(DataDirectory.open(path));

      assertThat(first.path()).isEqualTo(path);
      assertThat(problem.reason()).isEqualTo(Reason.STORE_LOCKED);
      assertThat(problem.text()).contains("process " + ProcessHandle.current().pid() + ";");
    }
    opened(path).close();
  }

  @Test
  void otherProcessHoldsTheLockUntilItEnds() throws Exception {
    Path path = folder.resolve("data");
    Process holder =
        new ProcessBuilder(
                ProcessHandle.current().info().command().orElseThrow(),
                "-cp",
                System.getProperty("java.class.path"),
                LockHolder.class.getName(),
                path.toString())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    try (BufferedReader out =
        new BufferedReader(
            new InputStreamReader(holder.getInputStream(), StandardCharsets.US_ASCII))) {
      assertThat(out.readLine()).isEqualTo("held");

      Problem problem = problem(DataDirectory.open(path));

      assertThat(problem.reason()).isEqualTo(Reason.STORE_LOCKED);
      assertThat(problem.text()).contains("process " + holder.pid() + ";");
    } finally {
      holder.destroyForcibly();
    }
    holder.waitFor();
    opened(path).close();
  }

  @Test
  void fileInTheWayIsToldInOneSentence() throws Exception {
    Path path = Files.writeString(folder.resolve("data"), "x");

    assertThat(problem(DataDirectory.open(path)))
        .isEqualTo(
            new Problem(
                Reason.STORE_FAILED, path + " is in the way: a directory of that name is needed."));
  }

  @Test
  void fileIsReplacedWholeAndPrivatelyAndLeavesNothingBeside() throws Exception {
    Path file = folder.resolve("key");
    PrivateFile.write(file, new byte[] {1, 2, 3});
    PrivateFile.write(file, new byte[] {4});

    assertThat(Files.readAllBytes(file)).containsExactly(4);
    assertThat(mode(file)).isEqualTo("rw-------");
    try (var files = Files.list(folder)) {
      assertThat(files.toList()).isEqualTo(List.of(file));
    }
    assertThat(PrivateFile.read(file, 1))
        .isInstanceOfSatisfying(
            Outcome.Ok.class, ok -> assertThat((byte[]) ok.value()).containsExactly(4));
  }

  @Test
  void fileThatOthersMayReadOrThatIsTooLongIsNotRead() throws Exception {
    Path file = folder.resolve("key");
    PrivateFile.write(file, new byte[] {1, 2, 3});

    assertThat(problem(PrivateFile.read(file, 2)).reason()).isEqualTo(Reason.FILE_UNREADABLE);

    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    assertThat(problem(PrivateFile.read(file, 3)))
        .isEqualTo(
            new Problem(
                Reason.FILE_MODE_REFUSED,
                "Other users of this machine may use %s (mode 0644); run: chmod 600 %s"
                    .formatted(file, file)));
    assertThat(problem(PrivateFile.read(folder.resolve("none"), 3)).text())
        .endsWith("none does not exist.");
  }

  private static DataDirectory opened(Path path) {
    return switch (DataDirectory.open(path)) {
      case Outcome.Ok<DataDirectory>(DataDirectory directory) -> directory;
      case Outcome.Failed<DataDirectory>(Problem problem) -> throw new AssertionError(problem);
    };
  }

  private static Problem problem(Outcome<?> outcome) {
    return switch (outcome) {
      case Outcome.Ok<?> ok -> throw new AssertionError(ok);
      case Outcome.Failed<?> failed -> failed.problem();
    };
  }

  private static String mode(Path path) throws IOException {
    return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
  }
}
