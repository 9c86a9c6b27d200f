package dev.doorward.auth.authorize;

import static org.assertj.core.api.Assertions.assertThat;

import dev.doorward.auth.authorize.AuthorizationCheck.Checked;
import dev.doorward.auth.engine.Parameters;
import dev.doorward.auth.engine.Scopes;
import dev.doorward.auth.store.ClientRow;
import dev.doorward.auth.store.ClientRow.AuthMethod;
import dev.doorward.common.identity.ClientId;
import dev.doorward.common.identity.Issuer;
import dev.doorward.common.identity.ServiceName;
import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Problem;
import dev.doorward.common.outcome.Reason;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AuthorizationCheckTest {
  private static final String CHALLENGE = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
  private static final String GOOD =
      "response_type=code&client_id=c1&redirect_uri=http://127.0.0.1:5000/cb"
          + "&code_challenge="
          + CHALLENGE
          + "&code_challenge_method=S256&state=abc"
          + "&resource=https://edge.example/notes/mcp";

  private Optional<ServiceName> defaultService = Optional.empty();
  private Set<ServiceName> services = names("notes", "mail");
  private List<String> redirects = List.of("http://127.0.0.1/cb", "https://app.example/cb");

  @Test
  void goodRequestIsAccepted() {
    Checked.Accepted accepted = accepted(GOOD);

    assertThat(accepted.redirectUri()).isEqualTo("http://127.0.0.1:5000/cb");
    assertThat(accepted.state()).contains("abc");
    assertThat(accepted.challenge()).isEqualTo(CHALLENGE);
    assertThat(accepted.resource().value()).isEqualTo("https://edge.example/notes/mcp");
    assertThat(accepted.scope()).isEqualTo("mcp");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        // what to replace | by what | reason: shown on a page, never sent anywhere
        "client_id=c1 | x=y | oauth_request_refused",
        "client_id=c1 | client_id=c1&client_id=c1 | oauth_request_refused",
        "client_id=c1 | client_id= | oauth_request_refused",
        "client_id=c1 | client_id=c2 | client_unknown",
        "client_id=c1 | client_id=c%201 | client_unknown",
        "redirect_uri=http://127.0.0.1:5000/cb | x=y | redirect_refused",
        "redirect_uri=http://127.0.0.1:5000/cb | redirect_uri=https://evil.example/cb |"
            + " redirect_refused",
        "redirect_uri=http://127.0.0.1:5000/cb | redirect_uri=http://127.0.0.1:5000/cb/x |"
            + " redirect_refused",
        "redirect_uri=http://127.0.0.1:5000/cb | redirect_uri=http://localhost:5000/cb |"
            + " redirect_refused",
        "redirect_uri=http://127.0.0.1:5000/cb | redirect_uri=https://app.example/cb%23f |"
            + " redirect_refused",
        "redirect_uri=http://127.0.0.1:5000/cb |"
            + " redirect_uri=http://127.0.0.1:5000/cb&redirect_uri=http://127.0.0.1:5000/cb |"
            + " redirect_refused",
      })
  void withoutATrustedPartyNothingIsSentAnywhere(String part, String other, String reason) {
    Checked checked = check(GOOD.replace(part, other));

    assertThat(checked)
        .isInstanceOfSatisfying(
            Checked.Shown.class,
            shown -> assertThat(shown.problem().reason().code()).isEqualTo(reason));
  }

  @Test
  void redirectThatBecameDangerousIsRefusedAtUseToo() {
    redirects = List.of("javascript://x/");

    assertThat(check(GOOD.replace("http://127.0.0.1:5000/cb", "javascript://x/")))
        .isInstanceOf(Checked.Shown.class);
  }

  @Test
  void redirectMayBeLeftOutWhereOnlyOneIsRegistered() {
    redirects = List.of("https://app.example/cb");

    assertThat(accepted(GOOD.replace("redirect_uri=", "x=")).redirectUri())
        .isEqualTo("https://app.example/cb");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        // what to replace | by what | error | reason: sent back to the client
        "response_type=code | x=y | invalid_request | oauth_request_refused",
        "response_type=code | response_type=token | unsupported_response_type |"
            + " oauth_request_refused",
        "response_type=code | response_type=code%20token | unsupported_response_type |"
            + " oauth_request_refused",
        "response_type=code | response_type=code&response_type=code | invalid_request |"
            + " oauth_request_refused",
        "state=abc | state=abc&response_mode=fragment | invalid_request | oauth_request_refused",
        "state=abc | state=abc&request=x.y.z | request_not_supported | oauth_request_refused",
        "state=abc | state=abc&request_uri=https://x.example/ | request_uri_not_supported |"
            + " oauth_request_refused",
        "state=abc | state=abc&prompt=none | interaction_required | oauth_request_refused",
        "state=abc | state=abc&scope=mcp&scope=mcp | invalid_request | oauth_request_refused",
        "code_challenge=E | x=E | invalid_request | pkce_refused",
        "code_challenge=E | code_challenge=!E | invalid_request | pkce_refused",
        "code_challenge=E | code_challenge=EE | invalid_request | pkce_refused",
        "&code_challenge_method=S256 | '' | invalid_request | pkce_refused",
        "code_challenge_method=S256 | code_challenge_method=plain | invalid_request | pkce_refused",
        "code_challenge_method=S256 | code_challenge_method=s256 | invalid_request | pkce_refused",
        "edge.example/notes/mcp | other.example/notes/mcp | invalid_target | resource_unknown",
        "edge.example/notes/mcp | edge.example/notes/mcp/x | invalid_target | resource_unknown",
        "edge.example/notes/mcp | edge.example/token/mcp | invalid_target | resource_unknown",
        "edge.example/notes/mcp | edge.example | invalid_target | resource_unknown",
        "edge.example/notes/mcp | edge.example/notes/mcp%23f | invalid_target | resource_unknown",
        "https://edge.example/notes | http://edge.example/notes | invalid_target |"
            + " resource_unknown",
        "state=abc | state=abc&resource=https://edge.example/mail/mcp | invalid_target |"
            + " resource_unknown",
      })
  void otherErrorsGoBackToTheClient(String part, String other, String error, String reason) {
    assertThat(GOOD).contains(part);

    Checked checked = check(GOOD.replace(part, other));

    assertThat(checked)
        .isInstanceOfSatisfying(
            Checked.SentBack.class,
            back -> {
              assertThat(back.error()).isEqualTo(error);
              assertThat(back.problem().reason().code()).isEqualTo(reason);
              assertThat(back.redirectUri()).isEqualTo("http://127.0.0.1:5000/cb");
              assertThat(back.state()).contains("abc");
            });
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://edge.example/notes/mcp",
        "https://edge.example/notes/mcp/",
        "HTTPS://EDGE.example/notes/mcp",
        "https://edge.example:443/notes/mcp",
      })
  void formsOfTheSameResourceAreEqual(String resource) {
    assertThat(
            accepted(GOOD.replace("https://edge.example/notes/mcp", resource)).resource().value())
        .isEqualTo("https://edge.example/notes/mcp");
  }

  @Test
  void serviceThatDoesNotExistIsAcceptedHereSinceNobodyIsSignedInYet() {
    assertThat(accepted(GOOD.replace("/notes/", "/nothing/")).resource().value())
        .isEqualTo("https://edge.example/nothing/mcp");
  }

  @Test
  void missingResourceIsTheDefaultServiceThenTheOnlyOneThenRefused() {
    String without = GOOD.replace("&resource=https://edge.example/notes/mcp", "");

    assertThat(check(without)).isInstanceOf(Checked.SentBack.class);
    services = names("mail");
    assertThat(accepted(without).resource().value()).isEqualTo("https://edge.example/mail/mcp");
    defaultService = Optional.of(new ServiceName("notes"));
    assertThat(accepted(without).resource().value()).isEqualTo("https://edge.example/notes/mcp");
  }

  @Test
  void stateHasABoundAndABrokenOneIsNotSentBack() {
    assertThat(accepted(GOOD.replace("state=abc", "state=" + "s".repeat(2048))).state())
        .contains("s".repeat(2048));
    for (String bad : List.of("s".repeat(2049), "a%0d%0ab", "%C3%A4")) {
      assertThat(check(GOOD.replace("state=abc", "state=" + bad)))
          .isInstanceOfSatisfying(
              Checked.SentBack.class, back -> assertThat(back.state()).isEmpty());
    }
  }

  @Test
  void unknownScopesAreLeftOut() {
    assertThat(accepted(GOOD + "&scope=openid+mcp+offline_access").scope()).isEqualTo("mcp");
    assertThat(accepted(GOOD + "&scope=openid").scope()).isEqualTo("mcp");
  }

  @Test
  void problemsEchoNoInput() {
    Checked checked = check(GOOD.replace("client_id=c1", "client_id=<script>"));

    assertThat(checked)
        .isInstanceOfSatisfying(
            Checked.Shown.class,
            shown -> {
              Problem problem = shown.problem();
              assertThat(problem.text()).doesNotContain("<script>");
            });
  }

  private Checked.Accepted accepted(String query) {
    Checked checked = check(query);
    assertThat(checked).isInstanceOf(Checked.Accepted.class);
    return (Checked.Accepted) checked;
  }

  private Checked check(String query) {
    var client =
        new ClientRow(
            new ClientId("c1"),
            new ClientRow.Origin.Registered(),
            "App",
            "native",
            AuthMethod.NONE,
            Optional.empty(),
            Optional.empty(),
            redirects,
            true,
            "192.0.2.1",
            Instant.EPOCH,
            Optional.empty());
    return new AuthorizationCheck(
            new Issuer("https://edge.example"),
            defaultService,
            services,
            Set.of("cursor"),
            new Scopes(List.of()),
            false,
            id ->
                client.id().equals(id)
                    ? Outcome.ok(client)
                    : Outcome.failed(Reason.CLIENT_UNKNOWN, "There is no such client."))
        .check(Parameters.parse(query).orElseThrow());
  }

  private static Set<ServiceName> names(String... names) {
    return java.util.Arrays.stream(names).map(ServiceName::new).collect(Collectors.toSet());
  }
}
