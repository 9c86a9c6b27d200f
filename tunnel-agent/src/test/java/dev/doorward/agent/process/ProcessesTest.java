package dev.doorward.agent.process;

import static org.assertj.core.api.Assertions.assertThat;

import dev.doorward.common.identity.ServiceName;
import dev.doorward.common.outcome.Outcome;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(30)
class ProcessesTest implements ProcessListener {
  private final BlockingQueue<String> lines = new LinkedBlockingQueue<>();
  private final CompletableFuture<ProcessEnd> end = new CompletableFuture<>();
  private final Processes processes = new Processes("unit" + System.nanoTime());
  @TempDir private Path dir;

  @AfterEach
  void close() {
    processes.close();
  }

  @Override
  public void onLine(byte[] line) {
    lines.add(new String(line, StandardCharsets.UTF_8));
  }

  @Override
  public void onEnd(ProcessEnd how) {
    end.complete(how);
  }

  private ServerProcess run(OptionalLong memory, String... command) {
    Launch launch =
        new Launch(
            new ServiceName("notes"),
            List.of(command),
            Map.of("PATH", System.getenv("PATH")),
            dir,
            memory,
            Duration.ofMillis(300),
            10_000);
    return switch (processes.start(launch, this)) {
      case Outcome.Ok<ServerProcess>(ServerProcess process) -> process;
      case Outcome.Failed<ServerProcess>(var problem) -> throw new AssertionError(problem.text());
    };
  }

  private ProcessEnd end() throws Exception {
    return end.get(20, TimeUnit.SECONDS);
  }

  @Test
  void argumentsAreNeverReadByAShell() throws Exception {
    run(OptionalLong.empty(), "printf", "%s\n", "$(id)", "a b", "';", "-n", "go");

    assertThat(lines.take()).isEqualTo("$(id)");
    assertThat(lines.take()).isEqualTo("a b");
    assertThat(lines.take()).isEqualTo("';");
    assertThat(lines.take()).isEqualTo("-n");
    assertThat(end()).isEqualTo(new ProcessEnd.Exited(0));
  }

  @Test
  void linesGoInAndComeOut() throws Exception {
    ServerProcess process = run(OptionalLong.empty(), "cat");

    assertThat(process.send("one".getBytes(StandardCharsets.UTF_8))).isTrue();
    assertThat(process.send("two \u00e4".getBytes(StandardCharsets.UTF_8))).isTrue();

    assertThat(lines.take()).isEqualTo("one");
    assertThat(lines.take()).isEqualTo("two \u00e4");
  }

  @Test
  void stoppingClosesTheInputFirst() throws Exception {
    ServerProcess process =
        run(OptionalLong.empty(), "sh", "-c", "trap 'echo term' TERM; cat; echo input closed");

    process.stop().get(20, TimeUnit.SECONDS);

    assertThat(lines).containsExactly("input closed");
    assertThat(end()).isInstanceOf(ProcessEnd.Stopped.class);
  }

  @Test
  void thenItIsAskedToEndAndThenItIsKilled() throws Exception {
    ServerProcess process =
        run(
            OptionalLong.empty(),
            "sh",
            "-c",
            "trap 'echo term' TERM; echo up; while :; do sleep 0.05; done");
    assertThat(lines.take()).isEqualTo("up");

    process.stop().get(20, TimeUnit.SECONDS);

    assertThat(lines.take()).isEqualTo("term");
    assertThat(Alive.is(process.pid())).isFalse();
  }

  @Test
  void whatAProcessLeavesBehindEndsWithIt() throws Exception {
    run(
        OptionalLong.empty(),
        "sh",
        "-c",
        "sleep 1000 >/dev/null & echo $!; setsid sleep 1000 >/dev/null & echo $!; sleep 0.1");
    long child = Long.parseLong(lines.take());
    long detached = Long.parseLong(lines.take());

    assertThat(end()).isEqualTo(new ProcessEnd.Exited(0));
    org.awaitility.Awaitility.await().until(() -> !Alive.is(child) && !Alive.is(detached));
  }

  @Test
  void aProcessThatHoldsTooMuchMemoryIsKilledWithItsChildren() throws Exception {
    run(
        OptionalLong.of(40 << 20),
        "sh",
        "-c",
        "sh -c 'a=$(head -c 60000000 /dev/zero | tr \"\\0\" x); echo full; sleep 100' & echo $!; wait");
    assertThat(lines.take()).matches("[0-9]+");
    assertThat(lines.take()).isEqualTo("full");

    processes.look(Path.of("/proc"));

    assertThat(end()).isInstanceOf(ProcessEnd.TooMuchMemory.class);
  }

  @Test
  void aLineThatIsTooLongEndsIt() throws Exception {
    run(OptionalLong.empty(), "sh", "-c", "head -c 100000 /dev/zero | tr '\\0' x; sleep 100");

    assertThat(end()).isInstanceOf(ProcessEnd.LineTooLong.class);
  }

  @Test
  void aCommandThatIsNotThereIsSaid() throws Exception {
    run(OptionalLong.empty(), "no-such-program");

    assertThat(end().text()).isEqualTo("its command was not found");
  }

  @Test
  void aFolderThatIsNotThereIsSaid() throws Exception {
    Files.delete(dir);

    assertThat(
            processes.start(
                new Launch(
                    new ServiceName("notes"),
                    List.of("true"),
                    Map.of(),
                    dir,
                    OptionalLong.empty(),
                    Duration.ofSeconds(1),
                    100),
                this))
        .isInstanceOf(Outcome.Failed.class);
    Files.createDirectory(dir);
  }
}
