package dev.doorward.testbed.way;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.doorward.common.outcome.Outcome;
import dev.doorward.edge.admin.AdminClient;
import dev.doorward.testbed.client.SignIn;
import dev.doorward.testbed.demo.Shape;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/** An auth-server in a process of its own: what the edge holds, and what happens without it. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ApartIT {
  private House house;

  @BeforeAll
  void open() throws Exception {
    house = new House("it-apart", Shape.APART);
  }

  @AfterAll
  void close() throws Exception {
    house.close();
    assertThat(house.logs()).doesNotContain("LEAK:");
  }

  private HttpResponse<String> call(String token) throws Exception {
    return house.post(house.resource(), token, House.LIST);
  }

  @Test
  void edgeHoldsNoKeyThatSignsATokenOrACertificate() throws Exception {
    try (var files = Files.walk(house.folder("edge"))) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        String text = Files.readString(file, StandardCharsets.ISO_8859_1);
        assertThat(text).as(file.toString()).doesNotContain("PRIVATE KEY", "SQLite format");
      }
    }
    assertThat(house.folder("edge").resolve("doorward.db")).doesNotExist();
    assertThat(house.folder("edge").resolve("seal.key")).doesNotExist();
    assertThat(house.folder("auth").resolve("doorward.db")).exists();
    assertThat(house.folder("auth").resolve("seal.key")).exists();
  }

  @Test
  void operatorsCommandsWorkAtTheEdgeAndAtTheAuthServer() {
    for (String path : List.of("/v1/people", "/v1/clients", "/v1/keys", "/v1/tokens")) {
      var atTheEdge = new AdminClient(house.folder("edge")).ask("GET", path, null);
      var atTheAuthServer = new AdminClient(house.folder("auth")).ask("GET", path, null);

      assertThat(atTheEdge).as(path).isInstanceOf(Outcome.Ok.class).isEqualTo(atTheAuthServer);
    }
  }

  @Test
  void callsGoOnForAWhileWithoutTheAuthServerAndThenNoneDoesUntilItIsBack() throws Exception {
    SignIn.Tokens tokens = house.signIn();
    ProcessHandle auth = house.process("auth_pid");
    assertThat(call(tokens.accessToken()).statusCode()).isNotEqualTo(401);
    signal("STOP", auth);
    try {
      assertThat(call(tokens.accessToken()).statusCode()).isNotIn(401, 503);
      HttpResponse<String> form =
          house.form(house.issuer() + "/token", Map.of("grant_type", "refresh_token"));
      assertThat(form.statusCode()).isEqualTo(503);
      assertThat(form.headers().firstValue("Retry-After")).isPresent();
      assertThat(form.headers().firstValue("Content-Type")).hasValue("application/json");
      assertThat(form.body()).contains("auth_server_unreachable");
      HttpResponse<String> page = house.page(house.issuer() + "/account");
      assertThat(page.statusCode()).isEqualTo(503);
      assertThat(page.headers().firstValue("Content-Type").orElseThrow()).startsWith("text/html");
      assertThat(page.body()).contains("auth_server_unreachable");

      await()
          .atMost(Duration.ofSeconds(20))
          .untilAsserted(() -> {
            HttpResponse<String> refused = call(tokens.accessToken());
            assertThat(refused.statusCode()).isEqualTo(503);
            assertThat(House.reason(refused)).isEqualTo("auth_server_unreachable");
          });
    } finally {
      signal("CONT", auth);
    }
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(() -> assertThat(call(tokens.accessToken()).statusCode()).isNotIn(401, 503));
  }

  @Test
  void openStreamEndsWhereNothingIsHeardOfRevocationsAnyMore() throws Exception {
    SignIn.Tokens tokens = house.signIn();
    ProcessHandle auth = house.process("auth_pid");
    Events events = Events.counting(house, tokens.accessToken());
    signal("STOP", auth);
    try {
      assertThat(events.untilCut(System.nanoTime())).isLessThan(Duration.ofSeconds(15));
    } finally {
      signal("CONT", auth);
    }
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(() -> assertThat(call(tokens.accessToken()).statusCode()).isNotIn(401, 503));
  }

  @Test
  void whoIsSignedInStaysSoWhenTheAuthServerIsKilledAndStartedAgain() throws Exception {
    SignIn.Tokens tokens = house.signIn();
    ProcessHandle auth = house.process("auth_pid");

    auth.destroyForcibly();

    await()
        .atMost(Duration.ofSeconds(40))
        .ignoreExceptionsMatching(
            e -> e instanceof IOException || e instanceof NoSuchElementException)
        .untilAsserted(() -> {
          assertThat(house.process("auth_pid").pid()).isNotEqualTo(auth.pid());
          assertThat(house.get(house.issuer() + "/jwks").statusCode()).isEqualTo(200);
          assertThat(call(tokens.accessToken()).statusCode()).isNotIn(401, 503);
        });
    assertThat(call(house.refresh(tokens).accessToken()).statusCode()).isNotIn(401, 503);
  }

  private static void signal(String name, ProcessHandle process) throws Exception {
    assertThat(
            new ProcessBuilder("kill", "-" + name, Long.toString(process.pid())).start().waitFor())
        .isZero();
  }
}
