package dev.doorward.auth.account;

import static dev.doorward.auth.fixture.Visitor.hidden;
import static dev.doorward.auth.fixture.Visitor.location;
import static dev.doorward.auth.fixture.Visitor.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.doorward.auth.fixture.TestClient;
import dev.doorward.auth.fixture.TestServer;
import dev.doorward.auth.fixture.Visitor;
import dev.doorward.common.token.AccessToken;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AccountTest {
  @TempDir Path dataDir;
  private TestServer server;
  private TestClient client;
  private Visitor browser;
  private AccessToken token;

  @BeforeEach
  void open() {
    server = new TestServer(dataDir);
    client = TestClient.register(server);
    browser = server.visitor();
    String code = client.code(browser, "ada", "notes");
    token =
        server.verified(
            TestClient.json(client.redeem(code)).get("access_token").asString(), "notes");
  }

  @AfterEach
  void close() {
    server.close();
  }

  @Test
  void showsWhatThePersonAllowed() {
    assertThat(text(browser.get("/account")))
        .contains("<bdi>ada</bdi>", "MCP Inspector", "notes", "20 November 2026");
  }

  @Test
  void revokeButtonEndsTheGrantAtOnce() {
    Map<String, String> form = hidden(browser.get("/account"));
    assertThat(form).containsEntry("grant", token.grant());

    assertThat(location(browser.post("/account/revoke", form))).isEqualTo("/account");

    assertThat(server.server().revocations().isRevoked(token)).isTrue();
    assertThat(text(browser.get("/account"))).contains("None yet.");
    assertThat(server.notes.last().event()).isEqualTo("grant_revoked");
  }

  @Test
  void grantOfSomebodyElseIsOutOfReach() {
    Visitor other = server.visitor();
    other.signIn("ben", TestServer.PASSWORD);
    Map<String, String> form = hidden(other.get("/account"));
    form.put("grant", token.grant());

    other.post("/account/revoke", form);

    assertThat(text(other.get("/account"))).doesNotContain("MCP Inspector");
    assertThat(server.server().revocations().isRevoked(token)).isFalse();
  }

  @Test
  void signOutEndsTheSessionOnTheServerToo() {
    Visitor copy = server.visitor();
    copy.cookies().putAll(browser.cookies());
    Map<String, String> form = hidden(browser.get("/account"));

    assertThat(location(browser.post("/account/sign-out", form))).isEqualTo("/login");

    assertThat(browser.cookies()).doesNotContainKey("__Host-doorward-session");
    assertThat(location(copy.get("/account"))).isEqualTo("/login");
    assertThat(server.server().revocations().isRevoked(token))
        .as("apps go on without the person")
        .isFalse();
  }

  @Test
  void needsASession() {
    assertThat(location(server.visitor().get("/account"))).isEqualTo("/login");
    assertThat(location(server.visitor().post("/account/revoke", Map.of()))).isEqualTo("/login");
  }
}
