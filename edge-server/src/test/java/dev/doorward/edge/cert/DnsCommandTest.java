package dev.doorward.edge.cert;

import static org.assertj.core.api.Assertions.assertThat;

import dev.doorward.common.outcome.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DnsCommandTest {
  @TempDir private Path folder;
  private final List<Duration> pauses = new ArrayList<>();

  private DnsCommand command(String script, Duration limit) throws IOException {
    Path file = folder.resolve("hook");
    Files.writeString(file, "#!/bin/sh\n" + script + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwx------"));
    return new DnsCommand(file, limit, Duration.ofSeconds(30), pauses::add);
  }

  private Path output() {
    return folder.resolve("out");
  }

  @Test
  void isToldWhatToDoAsArgumentsWithoutAShell() throws Exception {
    DnsCommand dns = command("printf '%s|' \"$@\" >>" + output(), Duration.ofSeconds(20));

    assertThat(dns.add("_acme-challenge.a.example", "va$(id)ue")).isEmpty();
    dns.remove("_acme-challenge.a.example", "va$(id)ue");

    assertThat(output())
        .hasContent(
            "add|_acme-challenge.a.example|va$(id)ue|remove|_acme-challenge.a.example|va$(id)ue|");
    assertThat(pauses).containsExactly(Duration.ofSeconds(30));
  }

  @Test
  void getsAPlainEnvironment() throws Exception {
    DnsCommand dns = command("env | cut -d= -f1 | sort >" + output(), Duration.ofSeconds(20));

    dns.add("a", "b");

    assertThat(Files.readAllLines(output()))
        .isSubsetOf("PATH", "HOME", "LANG", "TZ", "PWD", "_", "SHLVL");
  }

  @Test
  void anotherExitCodeThanZeroIsARefusal() throws Exception {
    assertThat(
            command("exit 3", Duration.ofSeconds(20)).add("a", "b").map(Problem::text).orElse(""))
        .contains("exit code 3");
    assertThat(pauses).isEmpty();
  }

  @Test
  void isKilledAtItsTimeLimit() throws Exception {
    assertThat(
            command("exec sleep 600", Duration.ofMillis(200))
                .add("a", "b")
                .map(Problem::text)
                .orElse(""))
        .contains("tls.acme.dns.timeout");
  }
}
