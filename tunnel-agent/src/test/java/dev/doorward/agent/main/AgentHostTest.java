package dev.doorward.agent.main;

import static org.assertj.core.api.Assertions.assertThat;

import dev.doorward.agent.fake.Answer;
import dev.doorward.agent.fake.FakeEdge;
import dev.doorward.agent.fake.FakeServer;
import dev.doorward.common.identity.ServiceName;
import dev.doorward.transport.link.EdgeLink;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The agent as a process of its own: what the private host sees of it. */
@Timeout(90)
@EnabledOnOs(OS.LINUX)
class AgentHostTest {
  private static final Pattern SOCKET = Pattern.compile("socket:\\[([0-9]+)]");
  private static final int STATE = 3;
  private static final int INODE = 9;

  @TempDir private Path dir;

  @Test
  void theAgentListensOnNoPortAndEndsInPeace() throws Exception {
    Path home = dir.resolve("agent");
    Path output = dir.resolve("output");
    try (FakeEdge edge = new FakeEdge();
        FakeServer server = new FakeServer()) {
      assertThat(Running.join(edge, home, "--service", "notes=" + server.url()).code()).isZero();
      Process process =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "--enable-native-access=ALL-UNNAMED",
                  "--sun-misc-unsafe-memory-access=allow",
                  "-cp",
                  System.getProperty("java.class.path"),
                  "dev.doorward.agent.main.AgentMain",
                  "run",
                  "--data-dir",
                  home.toString())
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start();
      try {
        EdgeLink link = edge.awaitLink();
        edge.awaitLink();
        String token = edge.authority.token(new ServiceName("notes"));
        assertThat(Answer.post(link, "notes", token, "{}").await().status()).isEqualTo(200);

        Set<String> own = sockets(process.pid());
        assertThat(own).isNotEmpty();
        assertThat(listening(process.pid())).doesNotContainAnyElementsOf(own);
        assertThat(bound(process.pid())).doesNotContainAnyElementsOf(own);
        assertThat(Running.cli("status", "--data-dir", home.toString()).out()).contains("online");
        assertThat(Running.join(edge, home).err())
            .contains("in use by the process " + process.pid());
      } finally {
        process.destroy();
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
      }
      String log = Files.readString(output);
      assertThat(log).contains("agent_started", "link_up", "agent_stopping");
      assertThat(log.lines())
          .allSatisfy(
              line -> assertThat(line).matches("20[0-9-]+T[0-9:.]+Z (INFO|WARN) event=[a-z_]+ .*"));
      assertThat(log).doesNotContain("\tat ", "Exception", "LEAK", "WARNING:");
      assertThat(home.resolve(StatusSocket.NAME)).doesNotExist();
      assertThat(edge.downs.poll(10, TimeUnit.SECONDS)).hasToString("shutting_down");
    }
  }

  /** The inodes of the sockets that a process holds. */
  private static Set<String> sockets(long pid) throws IOException {
    Set<String> inodes = new TreeSet<>();
    try (Stream<Path> files = Files.list(Path.of("/proc/" + pid + "/fd"))) {
      for (Path file : files.toList()) {
        Matcher socket = SOCKET.matcher(target(file));
        if (socket.matches()) {
          inodes.add(socket.group(1));
        }
      }
    }
    return inodes;
  }

  private static String target(Path file) {
    try {
      return Files.readSymbolicLink(file).toString();
    } catch (IOException e) {
      return "";
    }
  }

  /** The inodes of listening TCP sockets in the process's network. */
  private static List<String> listening(long pid) throws IOException {
    List<String> inodes = new ArrayList<>();
    for (String table : List.of("tcp", "tcp6")) {
      for (String[] row : rows(pid, table)) {
        if (row[STATE].equals("0A")) {
          inodes.add(row[INODE]);
        }
      }
    }
    return inodes;
  }

  /** The inodes of UDP sockets in the process's network. */
  private static List<String> bound(long pid) throws IOException {
    List<String> inodes = new ArrayList<>();
    for (String table : List.of("udp", "udp6")) {
      for (String[] row : rows(pid, table)) {
        inodes.add(row[INODE]);
      }
    }
    return inodes;
  }

  private static List<String[]> rows(long pid, String table) throws IOException {
    return Files.readAllLines(Path.of("/proc/" + pid + "/net/" + table)).stream()
        .skip(1)
        .map(line -> line.strip().split("\\s+"))
        .toList();
  }
}
