package dev.doorward.testbed.way;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.doorward.testbed.client.SignIn;
import dev.doorward.testbed.demo.Shape;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Tokens on the whole way: what takes them back reaches edge, agent and open streams. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TokensIT {
  private static final Duration AT_ONCE = Duration.ofSeconds(1);

  private House house;

  @BeforeAll
  void open() throws Exception {
    house = new House("it-tokens-" + shape().name().toLowerCase(Locale.ROOT), shape());
  }

  /** Where the auth-server runs. */
  Shape shape() {
    return Shape.EMBEDDED;
  }

  @AfterAll
  void close() throws Exception {
    house.close();
    assertThat(house.logs()).doesNotContain("LEAK:");
  }

  private int call(String token) throws Exception {
    return house.post(house.resource(), token, House.LIST).statusCode();
  }

  @Test
  void revokedByItsClientATokenIsDeadAtOnceOnOpenStreamsToo() throws Exception {
    for (int round = 0; round < 3; round++) {
      SignIn.Tokens tokens = house.signIn();
      Events events = Events.counting(house, tokens.accessToken());

      long since = System.nanoTime();
      HttpResponse<String> answer =
          house.form(
              house.issuer() + "/revoke",
              Map.of("token", tokens.refreshToken(), "client_id", tokens.clientId()));
      assertThat(answer.statusCode()).isEqualTo(200);

      assertThat(events.untilCut(since)).isLessThan(AT_ONCE);
      HttpResponse<String> refused = house.post(house.resource(), tokens.accessToken(), House.LIST);
      assertThat(refused.statusCode()).isEqualTo(401);
      assertThat(House.reason(refused)).isEqualTo("token_revoked");
    }
  }

  @Test
  void revokedOnTheAccountPageATokenIsDeadAtOnceOnOpenStreamsToo() throws Exception {
    Duration slowest = Duration.ZERO;
    for (int round = 0; round < 10; round++) {
      try (SignIn browser = house.browser()) {
        SignIn.Tokens tokens = house.signIn(browser);
        Events events = Events.counting(house, tokens.accessToken());

        long since = System.nanoTime();
        browser.submit(house.issuer() + "/account", "/account/revoke");

        Duration took = events.untilCut(since);
        assertThat(took).isLessThan(AT_ONCE);
        slowest = took.compareTo(slowest) > 0 ? took : slowest;
        assertThat(call(tokens.accessToken())).isEqualTo(401);
      }
    }
    System.out.println(
        "account page to the end of an open stream, slowest of 10: " + slowest.toMillis() + " ms");
  }

  @Test
  void personalTokenWorksWithoutSignInAndIsDeadAtOnceWhenRevoked() throws Exception {
    JsonNode made =
        house.operator(
            "POST",
            "/v1/tokens",
            Map.of("person", "demo", "service", "demo", "name", "cron", "life", "1h"));
    String token = made.path("secret").asString();
    assertThat(call(token)).isNotEqualTo(401);
    assertThat(house.post(house.resource("other"), token, House.LIST).statusCode())
        .as("for one service only")
        .isEqualTo(401);
    Events events = Events.counting(house, token);

    long since = System.nanoTime();
    house.operator("DELETE", "/v1/tokens/" + made.path("token").path("id").asString(), null);

    assertThat(events.untilCut(since)).isLessThan(AT_ONCE);
    assertThat(call(token)).isEqualTo(401);
  }

  @Test
  void clientActsByItselfAndIsDeadAtOnceWhenItIsRemoved() throws Exception {
    JsonNode added =
        house.operator(
            "POST",
            "/v1/clients",
            Map.of(
                "name",
                "job",
                "services",
                List.of("demo"),
                "redirects",
                List.of(),
                "method",
                "client_secret_post"));
    String id = added.path("client").path("id").asString();
    HttpResponse<String> answer =
        house.form(
            house.issuer() + "/token",
            Map.of(
                "grant_type",
                "client_credentials",
                "client_id",
                id,
                "client_secret",
                added.path("secret").asString(),
                "resource",
                house.resource()));
    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
    String token = JsonMapper.shared().readTree(answer.body()).path("access_token").asString();
    Events events = Events.counting(house, token);

    long since = System.nanoTime();
    house.operator("DELETE", "/v1/clients/" + id, null);

    assertThat(events.untilCut(since)).isLessThan(AT_ONCE);
    assertThat(call(token)).isEqualTo(401);
  }

  @Test
  void tokensGoOnThroughTheRotationOfKeysAndStopWithAKeyThatWasThrownAway() throws Exception {
    SignIn.Tokens tokens = house.signIn();
    house.operator("POST", "/v1/keys", Map.of("now", false));
    assertThat(call(tokens.accessToken())).as("the next key is only published").isNotEqualTo(401);

    house.operator("POST", "/v1/keys", Map.of("now", true));

    // an edge beside its auth-server learns of it over the feed
    await().atMost(AT_ONCE).until(() -> call(tokens.accessToken()) == 401);
    HttpResponse<String> refused = house.post(house.resource(), tokens.accessToken(), House.LIST);
    assertThat(House.reason(refused)).isEqualTo("token_key_unknown");
    String fresh = house.refresh(tokens).accessToken();
    assertThat(call(fresh)).as("edge and agent know the new key").isNotEqualTo(401);
  }
}
