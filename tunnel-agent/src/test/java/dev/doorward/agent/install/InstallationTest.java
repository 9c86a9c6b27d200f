package dev.doorward.agent.install;

import static org.assertj.core.api.Assertions.assertThat;

import dev.doorward.agent.install.Installation.Step;
import dev.doorward.common.outcome.Outcome;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class InstallationTest {
  private static final Installation USUAL =
      new Installation(
          Installation.USER,
          Installation.DATA_DIR,
          Optional.empty(),
          Path.of("/opt/doorward/doorward"),
          Path.of("/usr/lib/jvm/java-25"));

  @TempDir private Path dir;

  private static List<String> programs(List<Step> steps) {
    return steps.stream()
        .filter(Step.Run.class::isInstance)
        .map(step -> String.join(" ", ((Step.Run) step).command()))
        .toList();
  }

  private static String unit(Installation installation) {
    return installation.steps(true).stream()
        .filter(Step.Write.class::isInstance)
        .map(step -> ((Step.Write) step).text())
        .findFirst()
        .orElseThrow();
  }

  @Test
  void theUserIsMadeOnceAndOwnsTheDirectoryBeforeTheServiceStarts() {
    assertThat(programs(USUAL.steps(false)))
        .containsExactly(
            "useradd --system --user-group --no-create-home --home-dir /var/lib/doorward-agent"
                + " --shell /usr/sbin/nologin doorward-agent",
            "chown -R -h doorward-agent:doorward-agent /var/lib/doorward-agent",
            "systemctl daemon-reload",
            "systemctl enable doorward-agent.service",
            "systemctl restart doorward-agent.service");
    assertThat(programs(USUAL.steps(true)).getFirst()).startsWith("chown ");
  }

  @Test
  void theUnitRunsTheAgentOfThisDirectory() {
    assertThat(unit(USUAL))
        .contains(
            "ExecStart=/opt/doorward/doorward agent run --data-dir /var/lib/doorward-agent\n",
            "User=doorward-agent\n",
            "Environment=JAVA_HOME=/usr/lib/jvm/java-25\n",
            "ReadWritePaths=/var/lib/doorward-agent\n");
  }

  /** Exposure 2.0 of 10 at most; systemd gives 9.6 to a unit without any of these lines. */
  @Test
  void theUnitIsHardened() throws IOException, InterruptedException {
    Assumptions.assumeTrue(Files.isExecutable(Path.of("/usr/bin/systemd-analyze")));
    Path file = dir.resolve(Installation.UNIT);
    Files.writeString(file, unit(USUAL));

    Process analysis =
        new ProcessBuilder(
                "/usr/bin/systemd-analyze",
                "security",
                "--offline=yes",
                "--threshold=20",
                "--no-pager",
                file.toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(analysis.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(analysis.waitFor()).as(said).isZero();
    assertThat(said).contains("Overall exposure level");
  }

  @ParameterizedTest
  @CsvSource({
    "root, /var/lib/a, /opt/d, not root",
    "Bad Name, /var/lib/a, /opt/d, user",
    "a, /home/ada/.doorward, /opt/d, join with --data-dir",
    "a, /root/x, /opt/d, join with --data-dir",
    "a, /var/lib/a, /home/ada/doorward, below /opt",
    "a, /var/lib/a, /tmp/doorward, below /opt",
    "a, '/var/lib/a b', /opt/d, unit file",
    "a, /var/lib/%h, /opt/d, unit file",
    "a, /var/lib/a, '/opt/d\nUser=root', unit file"
  })
  void whatCannotBeAServiceIsRefused(String user, String dataDir, String home, String said) {
    Outcome<Installation> checked =
        new Installation(
                user,
                Path.of(dataDir),
                Optional.empty(),
                Path.of(home, "doorward"),
                Path.of("/usr/lib/jvm/java-25"))
            .checked();

    assertThat(checked).isInstanceOf(Outcome.Failed.class);
    assertThat(checked.toString()).contains(said);
  }
}
