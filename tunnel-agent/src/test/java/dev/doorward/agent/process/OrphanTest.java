package dev.doorward.agent.process;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is left when the process that runs others is killed. */
@Timeout(60)
class OrphanTest {
  @Test
  void nothingOutlivesAKilledAgentNotEvenChildrenOfChildrenWithASessionOfTheirOwn()
      throws Exception {
    Process agent =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xshare:auto",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                RunsProcesses.class.getName())
            .redirectErrorStream(true)
            .start();
    List<Long> started = new ArrayList<>();
    try (BufferedReader said =
        new BufferedReader(new InputStreamReader(agent.getInputStream(), StandardCharsets.UTF_8))) {
      String line = said.readLine();
      while (line != null && !line.matches("[0-9]+ [0-9]+ [0-9]+")) {
        line = said.readLine();
      }
      assertThat(line).isNotNull();
      Stream.of(String.valueOf(line).split(" ", -1)).map(Long::valueOf).forEach(started::add);
      Awaitility.await().until(() -> marked(agent.pid()).size() == 4);

      agent.destroyForcibly().waitFor();

      Awaitility.await().until(() -> marked(agent.pid()).isEmpty());
      Awaitility.await().until(() -> started.stream().noneMatch(Alive::is));
    } finally {
      agent.destroyForcibly();
      started.forEach(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
    }
  }

  /** Processes that carry the mark of that agent, those that are ended but not waited for not. */
  private static List<Path> marked(long agent) throws IOException {
    try (Stream<Path> all = Files.list(Path.of("/proc"))) {
      return all.filter(each -> each.getFileName().toString().matches("[0-9]+"))
          .filter(each -> environment(each).contains("DOORWARD_PROCESS=test" + agent + "."))
          .toList();
    } catch (UncheckedIOException e) {
      return marked(agent);
    }
  }

  private static String environment(Path process) {
    try {
      return Files.readString(process.resolve("environ"), StandardCharsets.ISO_8859_1);
    } catch (IOException e) {
      return "";
    }
  }
}
