package dev.doorward.testbed.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ChildTest {
  /** A program that says what it was told and then stays. */
  public static final class Stays {
    private Stays() {}

    public static void main(String[] args) throws InterruptedException {
      System.out.println("told " + String.join(" ", args));
      Thread.currentThread().join();
    }
  }

  private final Path folder;
  private List<Child> started = List.of();

  ChildTest(@TempDir Path folder) {
    this.folder = folder;
  }

  @AfterEach
  void endAll() throws InterruptedException {
    for (Child child : started) {
      child.end();
      child.awaitEnd(Duration.ofSeconds(1));
    }
  }

  @Test
  void programOnALeashEndsWithTheProcessThatHoldsIt() throws IOException {
    Process holder = new ProcessBuilder("sleep", "600").start();
    Child child = leashed(holder.pid(), "now");
    await().untilAsserted(() -> assertThat(log()).contains("told now"));
    assertThat(child.alive()).isTrue();

    holder.destroyForcibly();

    await().atMost(Duration.ofSeconds(10)).until(() -> !child.alive());
  }

  /** The holder is killed and nobody reaps it. */
  @Test
  void programOnALeashEndsWithItsParent() throws IOException, InterruptedException {
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    Process grandparent =
        new ProcessBuilder(
                "sh",
                "-c",
                // The middle shell is the parent of the program, and stays a zombie.
                "sh -c '\"$@\" & echo program $!; wait' sh \"$@\" & echo middle $!; exec sleep 600",
                "sh",
                "sh",
                "-c",
                "exec \"$0\" -XX:TieredStopAtLevel=1 -cp \"$1\" \"$2\" $PPID \"$3\" now",
                java,
                System.getProperty("java.class.path"),
                Leash.class.getName(),
                Stays.class.getName())
            .redirectOutput(folder.resolve("server.log").toFile())
            .start();
    try {
      await().untilAsserted(() -> assertThat(log()).contains("told now"));
      ProcessHandle middle = named("middle");
      ProcessHandle program = named("program");
      assertThat(program.parent().map(ProcessHandle::pid)).contains(middle.pid());

      middle.destroyForcibly();

      await().atMost(Duration.ofSeconds(10)).until(() -> !program.isAlive());
    } finally {
      grandparent.descendants().forEach(ProcessHandle::destroyForcibly);
      grandparent.destroyForcibly().waitFor();
    }
  }

  /** The process whose id the log tells behind {@code name}. */
  private ProcessHandle named(String name) {
    String line =
        await()
            .until(
                () -> log().lines().filter(l -> l.matches(name + " [0-9]+")).findFirst(),
                Optional::isPresent)
            .orElseThrow();
    return ProcessHandle.of(Long.parseLong(line.substring(name.length() + 1))).orElseThrow();
  }

  @Test
  void programOnALeashCanBeToldItsArgumentsLater() throws IOException {
    Path arguments = folder.resolve("arguments");
    Child child = leashed(ProcessHandle.current().pid(), "@" + arguments);
    Path draft = Files.writeString(folder.resolve("draft"), "join\n--config\na b.yaml\n");

    Files.move(draft, arguments);

    await().untilAsserted(() -> assertThat(log()).contains("told join --config a b.yaml"));
    assertThat(child.alive()).isTrue();
  }

  @Test
  void commandEndsWithAllThatItStarted() throws IOException {
    Child child =
        Child.startCommand(
            "server",
            "echo port $PORT; sleep 600 & echo inner $!; wait",
            Map.of("PORT", "4711"),
            folder);
    started = List.of(child);
    await().untilAsserted(() -> assertThat(log()).contains("port 4711").contains("inner "));
    long inner = Long.parseLong(log().replaceFirst("(?s).*inner ([0-9]+).*", "$1"));
    assertThat(ProcessHandle.of(inner)).isPresent();

    child.letGo();

    await().atMost(Duration.ofSeconds(10)).until(() -> !child.alive());
    await().until(() -> ProcessHandle.of(inner).map(p -> !p.isAlive()).orElse(true));
  }

  @Test
  void endOfAProgramIsToldWithItsLastLines() throws IOException {
    Child child = Child.startCommand("server", "seq 1 100; echo broken; exit 3", Map.of(), folder);
    started = List.of(child);

    await().until(() -> !child.alive());

    assertThatThrownBy(child::check)
        .isInstanceOf(DemoFailure.class)
        .hasMessageContaining("server has ended with code 3")
        .hasMessageContaining("  100\n  broken")
        .hasMessageNotContaining("  50\n");
  }

  private Child leashed(long holder, String argument) throws IOException {
    Child child =
        Child.start(
            "server",
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                Leash.class.getName(),
                Long.toString(holder),
                Stays.class.getName(),
                argument),
            folder);
    started = List.of(child);
    return child;
  }

  private String log() throws IOException {
    return Files.readString(folder.resolve("server.log"));
  }
}
