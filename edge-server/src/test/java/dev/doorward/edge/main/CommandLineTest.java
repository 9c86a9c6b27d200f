package dev.doorward.edge.main;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

class CommandLineTest {
  @TempDir private Path temp;
  private final PrintStream out = System.out;
  private final PrintStream err = System.err;
  private final ByteArrayOutputStream printed = new ByteArrayOutputStream();
  private final ByteArrayOutputStream told = new ByteArrayOutputStream();

  @BeforeEach
  void capture() {
    System.setOut(new PrintStream(printed, true, StandardCharsets.UTF_8));
    System.setErr(new PrintStream(told, true, StandardCharsets.UTF_8));
  }

  @AfterEach
  void release() {
    System.setOut(out);
    System.setErr(err);
  }

  private String printed() {
    String text = printed.toString(StandardCharsets.UTF_8);
    printed.reset();
    return text;
  }

  private String told() {
    String text = told.toString(StandardCharsets.UTF_8);
    told.reset();
    return text;
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "nosuch",
        "people",
        "people nosuch",
        "invite",
        "edge --nosuch",
        "agents",
        "clients",
        "clients add",
        "invite nas --valid soon"
      })
  void wrongUseIsCodeTwoAndOneSentence(String line) {
    String[] words = line.isEmpty() ? new String[0] : line.split(" ", -1);

    assertThat(EdgeMain.execute(words)).isEqualTo(2);
    assertThat(told().lines()).hasSize(1);
    assertThat(printed()).isEmpty();
  }

  @Test
  void withoutAnEdgeCommandsSayThatNothingRuns() {
    assertThat(EdgeMain.execute("status", "--data-dir", temp.toString())).isEqualTo(1);
    assertThat(told())
        .startsWith("doorward: Nothing is running on " + temp)
        .endsWith(" [not_running]\n")
        .hasLineCount(1);
    assertThat(EdgeMain.execute("people", "add", "ann", "--data-dir", temp.toString()))
        .isEqualTo(1);
  }

  @Test
  void aBadConfigurationIsToldLineByLineAndNothingStarts() throws Exception {
    Path config = temp.resolve("edge.yaml");
    Files.writeString(config, "public-url: http://x\nlisten: 127.0.0.1:0\ndata-dirr: y\n");

    assertThat(EdgeMain.execute("edge", "--config", config.toString())).isEqualTo(1);
    assertThat(told()).contains("edge.yaml:1").contains("data-dirr").doesNotContain("\tat ");

    assertThat(EdgeMain.execute("edge", "--config", temp.resolve("no.yaml").toString()))
        .isEqualTo(1);
    assertThat(told()).contains("no.yaml");
    Files.writeString(
        config, "public-url: https://x\ntls: { certificate: /no/cert.pem, key: /no/key.pem }\n");
    assertThat(EdgeMain.execute("edge", "--config", config.toString())).isEqualTo(1);
    assertThat(told()).contains("/no/cert.pem");
  }

  @Test
  void commandsTalkToTheEdgeThatRuns() throws Exception {
    Path dataDir = temp.resolve("d");
    EdgeProcess edge =
        ServedEdge.value(
            EdgeProcess.start(
                EdgeConfigs.of(dataDir, ServedEdge.freePort(), "limits: { drain: 0s }"),
                InstantSource.system(),
                new SecureRandom()));
    String dir = dataDir.toString();
    try {
      assertThat(EdgeMain.execute("people", "add", "ann", "--data-dir", dir)).isZero();
      assertThat(printed()).contains("ann chooses a password").contains("https://localhost:");
      assertThat(EdgeMain.execute("people", "list", "--data-dir", dir)).isZero();
      assertThat(printed()).contains("ann").contains("owner");
      assertThat(EdgeMain.execute("people", "list", "--json", "--data-dir", dir)).isZero();
      assertThat(
              new JsonMapper().readTree(printed()).path("people").path(0).path("name").asString())
          .isEqualTo("ann");
      assertThat(EdgeMain.execute("people", "add", "ann", "--data-dir", dir)).isEqualTo(1);
      assertThat(told()).startsWith("doorward: ");
      assertThat(EdgeMain.execute("people", "allow", "ann", "notes", "--data-dir", dir)).isZero();
      assertThat(EdgeMain.execute("people", "reset", "ann", "--data-dir", dir)).isZero();
      assertThat(printed()).contains("https://localhost:");
      assertThat(EdgeMain.execute("invite", "nas", "--services", "notes,files", "--data-dir", dir))
          .isZero();
      assertThat(printed()).contains("  doorward agent join dwi1_");
      assertThat(EdgeMain.execute("agents", "list", "--data-dir", dir)).isZero();
      assertThat(EdgeMain.execute("agents", "show", "nas", "--data-dir", dir)).isEqualTo(1);
      assertThat(EdgeMain.execute("agents", "revoke", "nas", "--data-dir", dir)).isEqualTo(1);
      clients(dir);
      assertThat(EdgeMain.execute("services", "--data-dir", dir)).isZero();
      assertThat(EdgeMain.execute("status", "--data-dir", dir)).isZero();
      assertThat(printed()).contains("The edge serves https://localhost:");
      assertThat(EdgeMain.execute("people", "remove", "ann", "--data-dir", dir)).isZero();
    } finally {
      edge.close();
    }
    assertThat(EdgeMain.execute("status", "--data-dir", dir)).isEqualTo(1);
  }

  private void clients(String dir) throws Exception {
    printed();
    assertThat(EdgeMain.execute("clients", "add", "job", "--services", "notes", "--data-dir", dir))
        .isZero();
    assertThat(printed()).contains("secret         dwk_").contains("shown this once");
    assertThat(EdgeMain.execute("clients", "list", "--json", "--data-dir", dir)).isZero();
    String list = printed();
    assertThat(list).doesNotContain("dwk_");
    String id = new JsonMapper().readTree(list).path("clients").path(0).path("id").asString();
    assertThat(EdgeMain.execute("clients", "show", id, "--data-dir", dir)).isZero();
    assertThat(printed()).contains("by itself      notes").doesNotContain("dwk_");
    assertThat(EdgeMain.execute("clients", "add", "nothing", "--data-dir", dir)).isEqualTo(1);
    assertThat(told()).contains("doorward: Say with --redirect");
    assertThat(
            EdgeMain.execute(
                "clients", "add", "x", "--keys", temp.resolve("no").toString(), "--data-dir", dir))
        .isEqualTo(1);
    assertThat(told()).contains("cannot be read");
    assertThat(EdgeMain.execute("clients", "show", "https://a.example/b", "--data-dir", dir))
        .isEqualTo(1);
    assertThat(told()).contains("There is no such client");
    assertThat(EdgeMain.execute("clients", "remove", id, "--data-dir", dir)).isZero();
    assertThat(EdgeMain.execute("clients", "list", "--data-dir", dir)).isZero();
    assertThat(printed()).contains("job is removed.").doesNotContain(id);
  }
}
