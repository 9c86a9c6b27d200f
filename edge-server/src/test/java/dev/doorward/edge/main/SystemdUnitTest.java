package dev.doorward.edge.main;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SystemdUnitTest {
  private static final Path ANALYZE = Path.of("/usr/bin/systemd-analyze");
  private static final Pattern EXPOSURE = Pattern.compile("exposure level for [^:]+: ([0-9.]+)");

  @TempDir private Path folder;

  private static String text(String dataDir) {
    return new SystemdUnit(
            Path.of("/opt/doorward/doorward"),
            Path.of("/etc/doorward/edge.yaml"),
            "doorward",
            Path.of(dataDir))
        .text();
  }

  @Test
  void oneCapabilityAndOneWritableDirectory() {
    assertThat(text("/var/lib/doorward"))
        .contains("\nAmbientCapabilities=CAP_NET_BIND_SERVICE\n")
        .contains("\nCapabilityBoundingSet=CAP_NET_BIND_SERVICE\n")
        .contains("\nStateDirectory=doorward\nStateDirectoryMode=0700\n")
        .contains(
            "\nExecStart=\"/opt/doorward/doorward\" edge --config \"/etc/doorward/edge.yaml\"\n")
        .doesNotContain("ReadWritePaths");
    assertThat(text("/srv/edge"))
        .contains("\nReadWritePaths=\"/srv/edge\"\n")
        .doesNotContain("StateDirectory");
  }

  @Test
  void systemdRatesItAsWellConfined() throws Exception {
    assumeTrue(Files.isExecutable(ANALYZE));
    Path unit = folder.resolve(SystemdUnit.NAME);
    Files.writeString(unit, text("/var/lib/doorward"));

    Process rated =
        new ProcessBuilder(
                ANALYZE.toString(), "security", "--offline=yes", "--no-pager", unit.toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(rated.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    Matcher exposure = EXPOSURE.matcher(said);
    assertThat(exposure.find()).as(said).isTrue();
    assertThat(Double.parseDouble(exposure.group(1))).isLessThanOrEqualTo(2.0);
  }
}
