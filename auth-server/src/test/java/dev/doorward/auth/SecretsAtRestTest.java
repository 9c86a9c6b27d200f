package dev.doorward.auth;

import static dev.doorward.auth.fixture.TestClient.json;
import static dev.doorward.auth.fixture.TestClient.parameter;
import static dev.doorward.auth.fixture.TestClient.registration;
import static dev.doorward.auth.fixture.Visitor.hidden;
import static dev.doorward.auth.fixture.Visitor.location;
import static org.assertj.core.api.Assertions.assertThat;

import dev.doorward.auth.fixture.Outcomes;
import dev.doorward.auth.fixture.TestClient;
import dev.doorward.auth.fixture.TestServer;
import dev.doorward.auth.fixture.Visitor;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Whoever reads the files or the journal gets nothing that opens anything. */
class SecretsAtRestTest {
  @TempDir Path dataDir;

  @Test
  void noSecretThatWasGivenOutIsInAnyFileOrRecord() throws IOException {
    List<String> secrets = new ArrayList<>();
    try (var server = new TestServer(dataDir)) {
      TestClient client = TestClient.register(server);
      Visitor browser = server.visitor();
      String signIn = location(browser.get(client.authorizeUrl("notes")));
      secrets.add(parameter("x:/" + signIn, "request").orElseThrow());
      secrets.add(hidden(browser.get(signIn)).get("csrf"));
      String consent = location(browser.signIn(signIn, "ada", TestServer.PASSWORD));
      String back = location(browser.decide(consent, "allow"));
      secrets.add(parameter(back, "code").orElseThrow());
      JsonNode first = json(client.redeem(parameter(back, "code").orElseThrow()));
      secrets.add(first.get("access_token").asString());
      secrets.add(first.get("refresh_token").asString());
      JsonNode second = json(client.refresh(first.get("refresh_token").asString()));
      secrets.add(second.get("access_token").asString());
      secrets.add(second.get("refresh_token").asString());
      secrets.addAll(browser.cookies().values());
      secrets.add(TestServer.PASSWORD);
      secrets.add(TestClient.VERIFIER);
      String link = Outcomes.ok(server.server().people().add("grace", false, Set.of())).setupUrl();
      secrets.add(parameter(link, "code").orElseThrow());
      server.visitor().get(URI.create(link).getRawPath() + "?" + URI.create(link).getRawQuery());
      secrets.add(
          json(registration(server, "{\"redirect_uris\":[\"https://app.example/\"]}"))
              .get("client_secret")
              .asString());
      client.post("/revoke", Map.of("token", secrets.getFirst(), "client_id", client.id()));

      String files = contents(server.files());
      assertThat(files).as("the test reads the right files").contains("MCP Inspector", "dcr_");
      assertThat(secrets).hasSizeGreaterThan(12).doesNotContainNull();
      assertThat(secrets).noneMatch(files::contains);
      assertThat(server.notes.fields()).noneMatch(secrets::contains);
    }
  }

  private static String contents(List<Path> files) throws IOException {
    var all = new StringBuilder();
    for (Path file : files) {
      all.append(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
    }
    return all.toString();
  }
}
