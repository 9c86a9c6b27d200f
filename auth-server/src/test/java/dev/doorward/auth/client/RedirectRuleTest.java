package dev.doorward.auth.client;

import static dev.doorward.auth.fixture.Outcomes.ok;
import static dev.doorward.auth.fixture.Outcomes.problem;
import static org.assertj.core.api.Assertions.assertThat;

import dev.doorward.common.outcome.Reason;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RedirectRuleTest {
  private static final Set<String> SCHEMES =
      Set.of("cursor", "vscode", "vscode-insiders", "javascript");

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://claude.ai/api/mcp/auth_callback",
        "https://app.example:8443/cb?keep=1",
        "https://vscode.dev/redirect",
        "http://127.0.0.1/",
        "http://127.0.0.1:33418/",
        "http://localhost/callback",
        "http://localhost:6274/oauth/callback",
        "http://[::1]:8080/cb",
        "cursor://anysphere.cursor-mcp/oauth/callback",
        "cursor://anysphere.cursor-retrieval/oauth/user-notes/callback",
        "vscode://vscode.github-authentication/did-authenticate",
        "vscode-insiders://x/y",
        "com.example.app:/oauth2redirect",
        "com.example.app://callback",
      })
  void mayBeRegistered(String uri) {
    assertThat(ok(RedirectRule.register(uri, SCHEMES))).isEqualTo(uri);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "javascript:alert(1)",
        "javascript://x/%0aalert(1)",
        "JavaScript://x/%0aalert(1)",
        "data:text/html,x",
        "data://text/html",
        "file:///etc/passwd",
        "vbscript://x",
        "blob://x/y",
        "view-source://x",
        "intent://scan/#Intent;end",
        "ms-msdt://x",
        "search-ms://query",
        "http://app.example/cb",
        "http://127.0.0.1.evil.example/cb",
        "http://127.1/cb",
        "http://2130706433/cb",
        "http://0x7f.0.0.1/cb",
        "http://localhost.evil.example/cb",
        "http://localhost./cb",
        "http://LOCALHOST/cb",
        "http://[::]/cb",
        "http://127.0.0.1:0/cb",
        "http://127.0.0.1:99999/cb",
        "http://127.0.0.1@evil.example/cb",
        "http://user@127.0.0.1/cb",
        "https://user:secret@app.example/cb",
        "cursor://user@host/cb",
        "https://app.example/cb#fragment",
        "https://app.example\\@evil.example/cb",
        "https://app.example./cb",
        "https://ex ample/cb",
        "https://b\u00fccher.example/cb",
        "https:///cb",
        "https:cb",
        "//app.example/cb",
        "/cb",
        "",
        "x:/one-letter-scheme",
        "myapp://callback",
        "my+app://callback",
        "com..app:/x",
        "com.app.:/x",
      })
  void mayNotBeRegistered(String uri) {
    assertThat(problem(RedirectRule.register(uri, SCHEMES)).reason())
        .isEqualTo(Reason.REDIRECT_REFUSED);
  }

  @Test
  void mayNotBeLongerThan2048() {
    String uri = "https://app.example/" + "x".repeat(RedirectRule.MAX_LENGTH);

    assertThat(problem(RedirectRule.register(uri, SCHEMES)).text()).contains("2048");
  }

  @ParameterizedTest
  @CsvSource({
    // what is registered, what the request names, whether that is the same
    "https://app.example/cb, https://app.example/cb, true",
    "https://app.example/cb, https://app.example/cb/, false",
    "https://app.example/cb, https://app.example/cb/../cb, false",
    "https://app.example/cb, https://app.example/CB, false",
    "https://app.example/cb, https://APP.example/cb, false",
    "https://app.example/cb, https://app.example:443/cb, false",
    "https://app.example/cb, https://app.example/cb?extra=1, false",
    "https://app.example/cb, http://app.example/cb, false",
    "https://app.example/cb, https://app.example.evil.example/cb, false",
    "http://127.0.0.1/cb, http://127.0.0.1:40000/cb, true",
    "http://127.0.0.1:6274/cb, http://127.0.0.1/cb, true",
    "http://127.0.0.1:6274/cb, http://127.0.0.1:65535/cb, true",
    "http://127.0.0.1:6274/cb, http://127.0.0.1:65536/cb, false",
    "http://127.0.0.1:6274/cb, http://127.0.0.1:0/cb, false",
    "http://127.0.0.1:6274/cb, http://127.0.0.1:/cb, false",
    "http://127.0.0.1/cb?a=1, http://127.0.0.1:40000/cb?a=1, true",
    "http://127.0.0.1/cb?a=1, http://127.0.0.1:40000/cb?a=2, false",
    "http://127.0.0.1/cb, http://localhost:40000/cb, false",
    "http://localhost/cb, http://localhost:40000/cb, true",
    "http://localhost/cb, http://localhost:40000/cb/more, false",
    "http://localhost/cb, http://localhost:40000@evil.example/cb, false",
    "http://[::1]/cb, http://[::1]:40000/cb, true",
    "https://localhost/cb, https://localhost:40000/cb, false",
    "cursor://x/cb, cursor://x/cb, true",
    "cursor://x/cb, cursor://x:1/cb, false",
  })
  void namesARegisteredOneExactlySaveForTheLoopbackPort(
      String registered, String requested, boolean same) {
    assertThat(RedirectRule.matches(List.of("https://other.example/", registered), requested))
        .isEqualTo(same);
  }

  @ParameterizedTest
  @CsvSource({
    "https://App.Example:8443/cb, app.example, false",
    "http://localhost:1/cb, localhost, true",
    "http://[::1]:1/cb, [::1], true",
    "cursor://x/cb, cursor://, true",
  })
  void isShownAsWhatAPersonRecognises(String uri, String shown, boolean local) {
    assertThat(RedirectRule.shown(uri)).isEqualTo(shown);
    assertThat(RedirectRule.isLocal(uri)).isEqualTo(local);
  }
}
