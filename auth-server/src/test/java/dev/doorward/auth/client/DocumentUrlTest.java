package dev.doorward.auth.client;

import static dev.doorward.auth.fixture.Outcomes.ok;
import static dev.doorward.auth.fixture.Outcomes.problem;
import static org.assertj.core.api.Assertions.assertThat;

import dev.doorward.common.identity.ClientId;
import dev.doorward.common.identity.Issuer;
import dev.doorward.common.outcome.Reason;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DocumentUrlTest {
  private static final Issuer ISSUER = new Issuer("https://edge.example");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://claude.ai/oauth/mcp-oauth-client-metadata",
        "https://vscode.dev/oauth/client-metadata.json",
        "https://app.example:8443/c",
        "https://app.example/c?version=2",
        "https://app.example/a.b/..c/.well-known/client",
        "https://app.example/trailing/",
      })
  void mayBeAClient(String id) {
    assertThat(ok(DocumentUrl.parse(new ClientId(id), ISSUER))).hasToString(id);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://app.example",
        "https://app.example/",
        "https://app.example?x",
        "https://app.example/c#f",
        "https://user@app.example/c",
        "https://user:secret@app.example/c",
        "https://app.example/./c",
        "https://app.example/a/../c",
        "https://app.example/a/..",
        "https://app.example/a/%2e%2E/c",
        "https://app.example/a/.%2e/c",
        "https://APP.example/c",
        "https://app.example./c",
        "https://app.example:/c",
        "https://app.example:99999/c",
        "https://127.0.0.1/c",
        "https://127.1/c",
        "https://[::1]/c",
        "https://app_1.example/c",
        "https:///c",
        "https://app.example\\@evil.example/c",
        "https://edge.example/c",
      })
  void mayNotBeAClient(String id) {
    assertThat(problem(DocumentUrl.parse(new ClientId(id), ISSUER)).reason())
        .isEqualTo(Reason.CLIENT_DOCUMENT_REFUSED);
  }
}
