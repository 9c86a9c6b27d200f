package dev.doorward.agent.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.doorward.common.outcome.Outcome;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PartsTest {
  @TempDir private Path dir;

  private static String shown(LineReader.Next next) {
    return switch (next) {
      case LineReader.Next.Line(byte[] bytes) -> new String(bytes, StandardCharsets.UTF_8);
      case LineReader.Next.TooLong(byte[] bytes) -> "too long: " + bytes.length;
      case LineReader.Next.End _ -> "end";
    };
  }

  @Test
  void linesAreReadHoweverTheyCome() throws Exception {
    InputStream slow =
        new ByteArrayInputStream("a\r\n\nb\u00e4c\nrest".getBytes(StandardCharsets.UTF_8)) {
          @Override
          public synchronized int read(byte[] into, int from, int length) {
            return super.read(into, from, Math.min(length, 1));
          }
        };
    LineReader reader = new LineReader(slow, 100);

    assertThat(List.of(1, 2, 3, 4, 5).stream().map(each -> next(reader)))
        .containsExactly("a", "", "b\u00e4c", "rest", "end");
  }

  private static String next(LineReader reader) {
    try {
      return shown(reader.next());
    } catch (java.io.IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void linesHaveABoundAndLongOnesWithinItAreWhole() {
    String exact = "x".repeat(100_000);
    LineReader reader =
        new LineReader(
            new ByteArrayInputStream(
                (exact + "\n" + exact + "y" + "\nz\n").getBytes(StandardCharsets.UTF_8)),
            100_000);

    assertThat(next(reader)).isEqualTo(exact);
    assertThat(next(reader)).startsWith("too long: ");
  }

  @Test
  void anEnvironmentFileIsReadStrictlyAndForItsOwnerOnly() throws Exception {
    Path file = dir.resolve("env");
    Files.writeString(file, "# secrets\n\nTOKEN=a=b c\n KEY = v\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));

    assertThat(Environment.of(Map.of(), List.of(), Optional.of(file)).toString())
        .contains("line 4");
    Files.writeString(file, "TOKEN=a=b c\n");
    assertThat(
            Environment.of(
                Map.of("PATH", "/bin", "SECRET", "x", "PROXY", "p"),
                List.of("A=1=2", "PROXY", "NOT_THERE"),
                Optional.of(file)))
        .isEqualTo(Outcome.ok(Map.of("PATH", "/bin", "A", "1=2", "PROXY", "p", "TOKEN", "a=b c")));
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
    assertThat(Environment.of(Map.of(), List.of(), Optional.of(file)))
        .isInstanceOf(Outcome.Failed.class);
  }

  @Test
  void memoryOfASessionAndOfDescendantsIsCounted() {
    Map<Long, MemoryWatch.Seen> all =
        Map.of(
            10L, new MemoryWatch.Seen(1, 10, 1),
            11L, new MemoryWatch.Seen(10, 10, 2),
            12L, new MemoryWatch.Seen(11, 12, 4),
            13L, new MemoryWatch.Seen(1, 10, 8),
            14L, new MemoryWatch.Seen(1, 14, 16));

    assertThat(MemoryWatch.resident(all, 10)).isEqualTo(15 * 4096);
    assertThat(MemoryWatch.parse("7 (a) b) S 3 7 5 0 -1 4 1 2 3 4 5 6 7 8 20 0 1 0 99 1000 321 9"))
        .isEqualTo(new MemoryWatch.Seen(3, 5, 321));
  }

  @Test
  void whatAServerSaysOnStandardErrorCannotForgeALineOfTheLog() {
    byte[] said =
        "\u001b[31mred\u001b[0m\u0000 level=error\rforged \u2028x\u202e"
            .getBytes(StandardCharsets.UTF_8);

    assertThat(StderrLog.clean(said)).isEqualTo("red  level=error forged  x");
  }
}
