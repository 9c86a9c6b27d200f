package dev.doorward.agent.imports;

import static org.assertj.core.api.Assertions.assertThat;

import dev.doorward.common.identity.ServiceName;
import dev.doorward.common.outcome.Outcome;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ImportTest {
  private static final Path HOME = Path.of("/home/ada");
  private static final Path FOLDER = Path.of("/etc/doorward");

  private static List<Found> read(String json) {
    return switch (ClientFile.read(json, HOME)) {
      case Outcome.Ok<List<Found>>(List<Found> found) -> found;
      case Outcome.Failed<List<Found>>(var problem) -> throw new AssertionError(problem.text());
    };
  }

  private static Import into(String yaml, String json) {
    return switch (Import.of(read(json), yaml, Set.of(new ServiceName("notes")), FOLDER)) {
      case Outcome.Ok<Import>(Import made) -> made;
      case Outcome.Failed<Import>(var problem) -> throw new AssertionError(problem.text());
    };
  }

  @Test
  void claudeAndCursorWriteMcpServers() {
    List<Found> found =
        read(
            """
            {"globalShortcut": "", "mcpServers": {
              "File System": {"command": "npx", "args": ["-y", "server", "${HOME}/x"],
                              "env": {"API_KEY": "s3cret", "PROXY": "${PROXY}"}, "cwd": "/srv"},
              "remote": {"url": "http://127.0.0.1:3000/mcp"}}}
            """);

    assertThat(found)
        .isEqualTo(
            List.of(
                new Found.Command(
                    "File System",
                    List.of("npx", "-y", "server", "/home/ada/x"),
                    Map.of("API_KEY", "s3cret"),
                    List.of("PROXY"),
                    java.util.Optional.of("/srv")),
                new Found.Url("remote", "http://127.0.0.1:3000/mcp", false)));
    assertThat(found.toString()).doesNotContain("s3cret");
  }

  @Test
  void visualStudioCodeWritesServersWithComments() {
    assertThat(
            read(
                """
                {
                  // what VS Code makes
                  "inputs": [{"id": "key", "type": "promptString"}],
                  "servers": {
                    "a": {"type": "stdio", "command": "uvx", "args": ["x"],},
                    "b": {"type": "stdio", "command": "x", "env": {"K": "${input:key}"}},
                    "c": {"type": "http", "url": "https://x.example/mcp", "headers": {"A": "b"}},
                    "d": {"type": "sse", "url": "http://127.0.0.1:1/sse"},
                  },
                }
                """))
        .extracting(each -> each.getClass().getSimpleName())
        .containsExactly("Command", "NotTaken", "NotTaken", "Url");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"disabled\": true, \"command\": \"x\"}",
        "{\"args\": [\"x\"]}",
        "{\"command\": [\"x\"]}",
        "{\"command\": \"x\", \"args\": [{}]}",
        "{\"command\": \"x\", \"args\": [\"${workspaceFolder}\"]}",
        "{\"command\": \"x\", \"env\": {\"A\": \"b\\nC=d\"}}",
        "{\"command\": \"x\", \"env\": {\"A=B\": \"c\"}}",
        "{\"command\": \"x\", \"envFile\": \".env\"}",
        "{\"url\": \"file:///etc/passwd\"}",
        "{\"url\": \"https://user:pw@x/\"}",
        "5"
      })
  void whatCannotBeTakenIsSaidAndNothingIsGuessed(String server) {
    assertThat(read("{\"mcpServers\": {\"x\": " + server + "}}"))
        .singleElement()
        .isInstanceOf(Found.NotTaken.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "[]", "{}", "{\"mcpServers\": []}", "{\"mcpServers\": {", "nonsense"})
  void whatIsNoSuchFileIsRefused(String text) {
    assertThat(ClientFile.read(text, HOME)).isInstanceOf(Outcome.Failed.class);
  }

  @Test
  void servicesGoIntoTheirSectionAndAllElseStays() {
    Import made =
        into(
            """
            # mine
            links: 3

            services: # all of them
                # the notes
                notes: {url: "http://127.0.0.1/"}
            limits: {drain: 1s}
            """,
            "{\"mcpServers\": {\"Notes\": {\"command\": \"n\", \"env\": {\"B\": \"2\", \"A\": \"1\"}},"
                + " \"api\": {\"command\": \"a b\", \"args\": [\"yes\", \"\", \"x: #y\", \"007\", \"\\u00e4\\\"\"]}}}");

    assertThat(made.yaml())
        .isEqualTo(
            """
            # mine
            links: 3

            services: # all of them
                notes-2:
                  command: [n]
                  environment-file: /etc/doorward/notes-2.env
                api-2:
                  command: ["a b", "yes", "", "x: #y", "007", "\u00e4\\""]
                # the notes
                notes: {url: "http://127.0.0.1/"}
            limits: {drain: 1s}
            """);
    assertThat(made.secrets())
        .isEqualTo(Map.of(Path.of("/etc/doorward/notes-2.env"), "A=1\nB=2\n"));
    assertThat(made.lines()).hasSize(2);
  }

  @ParameterizedTest
  @CsvSource({"links: 2", "'services: {}'", "services:", "''"})
  void aFileWithoutServicesGetsThem(String yaml) {
    assertThat(into(yaml, "{\"mcpServers\": {\"x\": {\"command\": \"n\"}}}").yaml())
        .endsWith("services:\n  x:\n    command: [n]\n");
  }

  @Test
  void aSectionInBracesIsNotTouched() {
    assertThat(
            Import.of(
                read("{\"mcpServers\": {\"x\": {\"command\": \"n\"}}}"),
                "services: {notes: {url: \"http://127.0.0.1/\"}}\n",
                Set.of(),
                FOLDER))
        .isInstanceOf(Outcome.Failed.class);
  }

  @ParameterizedTest
  @CsvSource({
    "GitHub, github",
    "My Server!, my-server",
    "1password, server-1password",
    "---, server",
    "token, token-2",
    "notes, notes-2",
    "a_b.c, a-b-c",
    "averyveryveryverylongnameofaserver-x, averyveryveryverylongnameofaserv"
  })
  void namesAreMadeValid(String called, String name) {
    assertThat(Names.of(called, Set.of(new ServiceName("notes")))).hasToString(name);
  }

  @Test
  void aCommandLineIsSplitAsAShellDoesIt() {
    assertThat(Words.of("npx -y 'a b' \"c \\\"d\\\"\" e\\ f ''"))
        .hasValue(List.of("npx", "-y", "a b", "c \"d\"", "e f", ""));
    assertThat(Words.of("a; $(b) | c")).hasValue(List.of("a;", "$(b)", "|", "c"));
    assertThat(Words.of("a 'b")).isEmpty();
    assertThat(Words.of("  ")).isEmpty();
  }
}
