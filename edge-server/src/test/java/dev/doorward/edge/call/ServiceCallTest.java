package dev.doorward.edge.call;

import static dev.doorward.edge.fixture.EdgeFixture.CALL;
import static dev.doorward.edge.fixture.EdgeFixture.body;
import static dev.doorward.edge.fixture.EdgeFixture.header;
import static dev.doorward.edge.fixture.EdgeFixture.status;
import static org.assertj.core.api.Assertions.assertThat;

import dev.doorward.common.audit.AuditEvent;
import dev.doorward.common.identity.ServiceName;
import dev.doorward.common.outcome.Reason;
import dev.doorward.edge.fixture.EdgeFixture;
import dev.doorward.edge.fixture.FakeLink;
import dev.doorward.policy.authz.ScopeRule;
import dev.doorward.policy.authz.ScopeRules;
import dev.doorward.policy.limit.AddressLimit;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ServiceCallTest {
  private static final String MODERN = "MCP-Protocol-Version: 2026-07-28";
  private static final String MODERN_CALL =
      "{\"jsonrpc\":\"2.0\",\"id\":\"x\",\"method\":\"tools/call\",\"params\":{\"name\":\"echo\","
          + "\"_meta\":{\"io.modelcontextprotocol/protocolVersion\":\"2026-07-28\"}}}";

  private final EdgeFixture edge = new EdgeFixture();

  @AfterEach
  void close() {
    edge.close();
  }

  @Test
  void aCallReachesTheAgentAndItsAnswerTheClientByteForByte() {
    FakeLink link = edge.link("nas", "notes");
    String odd = "{ \"jsonrpc\" : \"2.0\",\"id\":1.0,\"method\":\"ping\" , \"x\":\"\\u00e9\" }";

    edge.send("POST", odd, "Mcp-Param-X: Kept");
    assertThat(link.last().body.toString()).isEqualTo(odd);
    assertThat(link.last().whole).isTrue();
    assertThat(link.last().head.service()).isEqualTo(new ServiceName("notes"));
    assertThat(link.last().head.pathAndQuery()).isEqualTo("/mcp");
    assertThat(link.last().head.token()).isEqualTo("ann.notes.c1");
    assertThat(link.last().head.headers().get("mcp-param-x")).isEqualTo("Kept");
    link.last().json("{\"ok\": 1 }");

    String answer = edge.sent();
    assertThat(status(answer)).isEqualTo(200);
    assertThat(body(answer)).isEqualTo("{\"ok\": 1 }");
    assertThat(edge.channel.isOpen()).isTrue();
  }

  @Test
  void nothingOfTheClientsOwnReachesTheAgent() {
    FakeLink link = edge.link("nas", "notes");

    edge.send(
        "POST",
        CALL,
        "Cookie: sid=1",
        "Doorward-Subject: root",
        "X-Forwarded-For: 1.2.3.4",
        "Accept-Encoding: gzip",
        "Connection: keep-alive",
        "Accept: application/json, text/event-stream");

    assertThat(link.last().head.headers().names())
        .containsExactlyInAnyOrder("accept", "content-type", "content-length");
    link.last().json("{}");
  }

  @ParameterizedTest
  @ValueSource(strings = {"POST", "GET", "DELETE", "HEAD"})
  void withoutATokenThereIsAChallengeForEveryMethodAndEveryName(String method) {
    for (String service : new String[] {"notes", "nosuch"}) {
      edge.request(method, "/" + service + "/mcp", "", CALL, "Origin: https://app.example");
      String answer = edge.sent();

      assertThat(status(answer)).isEqualTo(401);
      assertThat(header(answer, "WWW-Authenticate"))
          .isEqualTo(
              "Bearer resource_metadata=\"https://edge.example/.well-known/oauth-protected-resource/"
                  + service
                  + "/mcp\", scope=\"mcp\"");
      assertThat(header(answer, "Access-Control-Allow-Origin")).isEqualTo("https://app.example");
      assertThat(header(answer, "Content-Type")).isEqualTo("application/json");
      if (!method.equals("HEAD")) {
        assertThat(body(answer)).contains("Unauthorized").contains("token_missing");
      }
      assertThat(edge.channel.isOpen()).isTrue();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "bad.notes.c1,token_signature_invalid",
    "ann.files.c1,token_audience_mismatch",
    "x,token_signature_invalid"
  })
  void aTokenThatIsWorthNothingHereIsChallengedAgain(String token, String reason) {
    FakeLink link = edge.link("nas", "notes");

    edge.request("POST", "/notes/mcp", token, CALL);
    String answer = edge.sent();

    assertThat(status(answer)).isEqualTo(401);
    assertThat(header(answer, "WWW-Authenticate")).contains("error=\"invalid_token\"");
    assertThat(body(answer)).contains(reason);
    assertThat(link.calls).isEmpty();
  }

  @Test
  void aToolThatNeedsMoreIsRefusedWithEverythingToAskFor() {
    FakeLink link = edge.link("nas", "notes");
    edge.scopes =
        new ScopeRules(
            "mcp",
            List.of(
                new ScopeRule("notes:write", new ServiceName("notes"), List.of("ec*")),
                new ScopeRule("mail:send", new ServiceName("mail"), List.of("*"))));

    edge.send("POST", CALL);

    String answer = edge.sent();
    assertThat(status(answer)).isEqualTo(403);
    assertThat(header(answer, "WWW-Authenticate"))
        .isEqualTo(
            "Bearer error=\"insufficient_scope\","
                + " resource_metadata=\"https://edge.example/.well-known/oauth-protected-resource"
                + "/notes/mcp\", scope=\"mcp notes:write\"");
    assertThat(body(answer)).contains("\"scope_insufficient\"");
    assertThat(link.calls).isEmpty();

    edge.send("POST", EdgeFixture.INITIALIZE);
    assertThat(link.calls).hasSize(1);
  }

  @Test
  void aTokenThatEndedMeanwhileIsRefusedThoughItIsRemembered() {
    FakeLink link = edge.link("nas", "notes");
    edge.send("POST", CALL);
    link.last().json("{}");
    assertThat(status(edge.sent())).isEqualTo(200);

    edge.now = EdgeFixture.NOW.plusSeconds(600);
    edge.send("POST", CALL);

    assertThat(body(edge.sent())).contains("token_expired");
    assertThat(edge.verifications).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"access_token=x", "a=b&access_token=x", "access%5ftoken=x", "ACCESS_TOKEN"})
  void aTokenInTheQueryIsRefusedWhateverElseIsThere(String query) {
    edge.request("POST", "/notes/mcp?" + query, "ann.notes.c1", CALL);
    String answer = edge.sent();

    assertThat(status(answer)).isEqualTo(401);
    assertThat(body(answer)).contains("token_in_query");
  }

  @Test
  void theClientsQueryIsPassedOn() {
    FakeLink link = edge.link("nas", "notes");
    edge.request("POST", "/notes/mcp?a=%2f&b", "ann.notes.c1", CALL);

    assertThat(link.last().head.pathAndQuery()).isEqualTo("/mcp?a=%2f&b");
    link.last().json("{}");
  }

  @Test
  void theEndpointIsServedWithATrailingSlashToo() {
    FakeLink link = edge.link("nas", "notes");
    edge.request("POST", "/notes/mcp/", "ann.notes.c1", CALL);

    assertThat(link.last().head.pathAndQuery()).isEqualTo("/mcp");
    link.last().json("{}");
    assertThat(status(edge.sent())).isEqualTo(200);
  }

  @Test
  void aServiceThatWasLostAndOneThatNeverWasLookTheSame() {
    edge.link("nas", "notes");
    edge.lostServices.add("notes");
    edge.lostServices.add("nosuch");

    edge.request("POST", "/notes/mcp", "ann.notes.c1", CALL);
    String lost = edge.sent();
    edge.request("POST", "/nosuch/mcp", "ann.nosuch.c1", CALL);
    String never = edge.sent();

    assertThat(status(lost)).isEqualTo(403);
    assertThat(never).isEqualTo(lost);
    assertThat(edge.audit.of(AuditEvent.CallDenied.class)).hasSize(2);
  }

  @Test
  void strangersAreCountedAndNotRecorded() {
    edge.request("POST", "/notes/mcp", "", CALL);
    edge.request("POST", "/notes/mcp", "bad", CALL);
    assertThat(edge.sent()).isNotEmpty();

    assertThat(edge.audit.events).isEmpty();
  }

  @Test
  void unknownTokensOfOneAddressAreLimitedAndKnownOnesAreNot() {
    FakeLink link = edge.link("nas", "notes");
    edge.addressLimit = new AddressLimit(1, 1);
    edge.send("POST", CALL);
    link.last().json("{}");
    assertThat(status(edge.sent())).isEqualTo(200);

    edge.request("POST", "/notes/mcp", "bad.x.y", CALL);
    String limited = edge.sent();
    edge.send("POST", CALL);
    link.last().json("{}");

    assertThat(status(limited)).isEqualTo(429);
    assertThat(header(limited, "Retry-After")).isEqualTo("1");
    assertThat(status(edge.sent())).isEqualTo(200);
    assertThat(edge.verifications).isEqualTo(1);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{|-32700|json_malformed",
        "|-32700|json_malformed",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"id\":2,\"method\":\"x\"}|-32600|json_duplicate_key",
        "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"x\",\"Method\":\"y\"}|-32600|json_duplicate_key",
        "{\"a\":1}|-32600|mcp_not_a_message",
        "[]|-32600|mcp_not_a_message",
      })
  void whatIsNotAMessageIsToldAsJsonRpc(String sent, int code, String reason) {
    FakeLink link = edge.link("nas", "notes");

    edge.send("POST", sent == null ? "" : sent);
    String answer = edge.sent();

    assertThat(status(answer)).isEqualTo(400);
    assertThat(body(answer)).contains("\"code\":" + code).contains(reason);
    assertThat(link.calls).isEmpty();
    assertThat(edge.channel.isOpen()).isTrue();
  }

  @Test
  void aBatchPassesOnlyWhereTheRevisionHasBatches() {
    FakeLink link = edge.link("nas", "notes");
    String batch = "[{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"ping\"}]";

    edge.send("POST", batch, "MCP-Protocol-Version: 2025-06-18");
    assertThat(body(edge.sent())).contains("mcp_batch_refused");
    edge.send("POST", batch, "MCP-Protocol-Version: 2025-03-26");
    assertThat(link.last().body.toString()).isEqualTo(batch);
    link.last().json("[]");
  }

  @Test
  void headersThatDisagreeWithTheBodyAreRefused() {
    FakeLink link = edge.link("nas", "notes");

    edge.send("POST", MODERN_CALL, MODERN, "Mcp-Method: tools/call", "Mcp-Name: other");
    String answer = edge.sent();

    assertThat(status(answer)).isEqualTo(400);
    assertThat(body(answer)).contains("-32020").contains("\"id\":\"x\"");
    assertThat(link.calls).isEmpty();
  }

  @Test
  void anUnknownRevisionIsTheServersToRefuse() {
    FakeLink link = edge.link("nas", "notes");

    edge.send("POST", CALL, "MCP-Protocol-Version: 2099-01-01");

    assertThat(link.calls).hasSize(1);
    String refusal = "{\"jsonrpc\":\"2.0\",\"id\":7,\"error\":{\"code\":-32022}}";
    link.last()
        .head(400, "content-type", "application/json", "content-length", "" + refusal.length());
    link.last().data(refusal);
    link.last().listener.onEnd();
    String answer = edge.sent();
    assertThat(status(answer)).isEqualTo(400);
    assertThat(body(answer)).isEqualTo(refusal);
  }

  @Test
  void nothingGoesToAnAgentBeforeItIsRecorded() {
    FakeLink link = edge.link("nas", "notes");
    edge.audit.slow = true;

    edge.send("POST", CALL);
    assertThat(edge.audit.of(AuditEvent.CallStarted.class)).hasSize(1);
    assertThat(link.calls).isEmpty();
    edge.audit.waiting.getFirst().complete(null);
    edge.channel.runPendingTasks();

    assertThat(link.calls).hasSize(1);
    link.last().json("{}");
    AuditEvent.CallFinished finished = edge.audit.of(AuditEvent.CallFinished.class).getFirst();
    assertThat(finished.status()).isEqualTo(200);
    assertThat(finished.bytesIn()).isEqualTo(CALL.length());
    assertThat(finished.bytesOut()).isEqualTo(2);
  }

  @Test
  void whereNothingCanBeRecordedNothingIsCalled() {
    FakeLink link = edge.link("nas", "notes");
    edge.audit.broken = true;

    edge.send("POST", CALL);
    String answer = edge.sent();
    assertThat(status(answer)).isEqualTo(503);
    assertThat(body(answer)).contains("audit_unavailable");
    assertThat(link.calls).isEmpty();

    edge.audit.broken = false;
    edge.send("POST", CALL);
    assertThat(link.calls).hasSize(1);
    link.last().json("{}");
  }

  @Test
  void aClientThatLeavesBeforeTheRecordIsWrittenCallsNothing() {
    FakeLink link = edge.link("nas", "notes");
    edge.audit.slow = true;
    edge.send("POST", CALL);

    edge.channel.close();
    edge.audit.waiting.getFirst().complete(null);
    edge.channel.runPendingTasks();

    assertThat(link.calls).isEmpty();
    assertThat(edge.audit.of(AuditEvent.CallFinished.class).getFirst().reason())
        .isEqualTo("client_gone");
  }

  @Test
  void withoutAnAgentTheAnswerIs503AndNeverA4xx() {
    edge.send("POST", CALL);
    String answer = edge.sent();

    assertThat(status(answer)).isEqualTo(503);
    assertThat(header(answer, "Retry-After")).isNotEmpty();
    assertThat(body(answer)).contains("agent_offline");
  }

  @Test
  void aCallWaitsAMomentForALinkOfAnAgentThatWasThereBefore() {
    edge.table.known.add(new ServiceName("notes"));
    edge.send("POST", CALL);
    edge.pass(Duration.ofMillis(500));
    assertThat(edge.sent()).isEmpty();

    FakeLink link = edge.link("nas", "notes");
    edge.pass(Duration.ofMillis(60));
    assertThat(link.calls).hasSize(1);
    link.last().json("{}");
    assertThat(status(edge.sent())).isEqualTo(200);
  }

  @Test
  void itDoesNotWaitLong() {
    edge.table.known.add(new ServiceName("notes"));
    edge.send("POST", CALL);
    for (int i = 0; i < 50; i++) {
      edge.pass(Duration.ofMillis(50));
    }
    assertThat(status(edge.sent())).isEqualTo(503);
  }

  @ParameterizedTest
  @CsvSource({
    "LINK_FAILED,502",
    "BACKEND_UNREACHABLE,502",
    "BACKEND_TIMEOUT,504",
    "AGENT_REFUSED,502",
    "SERVICE_UNKNOWN,503",
    "LINK_STREAMS_EXHAUSTED,503",
    "TOKEN_KEY_UNKNOWN,502"
  })
  void failuresBehindTheEdgeAreAlways5xx(Reason reason, int status) {
    FakeLink link = edge.link("nas", "notes");
    edge.send("POST", CALL);

    link.last().fail(reason, true);

    assertThat(status(edge.sent())).isEqualTo(status);
    assertThat(edge.audit.of(AuditEvent.CallFinished.class).getFirst().reason())
        .isEqualTo(reason.code());
  }

  @Test
  void aPostThatMayHaveReachedAnAgentIsNeverSentAgain() {
    FakeLink first = edge.link("nas", "notes");
    FakeLink second = edge.link("pi", "notes");
    edge.send("POST", CALL);
    FakeLink used = first.calls.isEmpty() ? second : first;

    used.last().fail(Reason.LINK_FAILED, true);

    assertThat(status(edge.sent())).isEqualTo(502);
    assertThat(first.calls.size() + second.calls.size()).isEqualTo(1);
  }

  @Test
  void aCallThatWasNotSentGoesOverAnotherLinkOnce() {
    FakeLink first = edge.link("nas", "notes");
    FakeLink second = edge.link("pi", "notes");
    edge.send("POST", CALL);
    FakeLink used = first.calls.isEmpty() ? second : first;
    FakeLink other = used.equals(first) ? second : first;

    used.last().fail(Reason.LINK_FAILED, false);
    edge.channel.runPendingTasks();
    assertThat(other.calls).hasSize(1);
    assertThat(other.last().body.toString()).isEqualTo(CALL);
    other.last().fail(Reason.LINK_FAILED, false);

    assertThat(status(edge.sent())).isEqualTo(502);
    assertThat(first.calls.size() + second.calls.size()).isEqualTo(2);
    assertThat(edge.audit.of(AuditEvent.CallStarted.class)).hasSize(1);
    assertThat(edge.audit.of(AuditEvent.CallFinished.class)).hasSize(1);
  }

  @Test
  void anAgentThatMayNotServeTheServiceIsNotAsked() {
    FakeLink link = edge.link("nas", "notes");
    edge.table.forbidden.add(new ServiceName("notes"));

    edge.send("POST", CALL);

    assertThat(link.calls).isEmpty();
  }

  @Test
  void anAgentThatIsForbiddenWhileTheRecordIsWrittenIsNotAsked() {
    FakeLink link = edge.link("nas", "notes");
    edge.audit.slow = true;
    edge.send("POST", CALL);

    edge.table.forbidden.add(new ServiceName("notes"));
    edge.audit.waiting.getFirst().complete(null);
    for (int i = 0; i < 50; i++) {
      edge.pass(Duration.ofMillis(50));
    }

    assertThat(link.calls).isEmpty();
    assertThat(status(edge.sent())).isEqualTo(503);
  }

  @Test
  void aRevocationCutsOpenCallsAndRefusesNewOnes() {
    FakeLink link = edge.link("nas", "notes");
    edge.send("GET", "");
    link.last().head(200, "content-type", "text/event-stream");
    link.last().readComplete();
    assertThat(edge.openCalls.size()).isEqualTo(1);

    edge.revokedSubjects.add("ann");
    edge.openCalls.recheck(token -> edge.revokedSubjects.contains(token.subject().value()));
    edge.channel.runPendingTasks();

    assertThat(link.last().cancelled).isTrue();
    assertThat(edge.channel.isOpen()).isFalse();
    assertThat(edge.openCalls.size()).isZero();
    assertThat(edge.sent()).doesNotContain("\r\n0\r\n\r\n");
    edge.connect();
    edge.send("POST", CALL);
    assertThat(body(edge.sent())).contains("token_revoked");
  }

  @Test
  void aRevocationBeforeTheHeadIsToldWithAnAnswer() {
    FakeLink link = edge.link("nas", "notes");
    edge.send("POST", CALL);

    edge.openCalls.recheck(_ -> true);
    edge.channel.runPendingTasks();

    String answer = edge.sent();
    assertThat(status(answer)).isEqualTo(401);
    assertThat(header(answer, "WWW-Authenticate")).contains("invalid_token");
    assertThat(link.last().cancelled).isTrue();
  }

  @Test
  void whenTheEdgeStopsStreamsEndBetweenEventsAndCallsAreCutAtTheEnd() {
    FakeLink link = edge.link("nas", "notes");
    edge.send("GET", "");
    link.last().head(200, "content-type", "text/event-stream");
    link.last().data("data: 1\n\n");
    link.last().readComplete();

    edge.openCalls.endStreams();
    assertThat(edge.sent()).endsWith("\r\n0\r\n\r\n");
    assertThat(link.last().cancelled).isTrue();

    edge.send("POST", CALL);
    edge.openCalls.endStreams();
    edge.channel.runPendingTasks();
    assertThat(link.last().cancelled).isFalse();
    edge.openCalls.cutAll();
    String answer = edge.sent();
    assertThat(status(answer)).isEqualTo(503);
    assertThat(body(answer)).contains("shutting_down");
  }

  @Test
  void aServiceThatDoesNotAnswerInTimeIsA504() {
    FakeLink link = edge.link("nas", "notes");
    edge.send("POST", CALL);

    edge.pass(Duration.ofSeconds(119));
    assertThat(edge.sent()).isEmpty();
    edge.pass(Duration.ofSeconds(2));

    assertThat(status(edge.sent())).isEqualTo(504);
    assertThat(link.last().cancelled).isTrue();
  }

  @Test
  void preflightsAreAnsweredWithoutATokenForAllowedOriginsOnly() {
    edge.request(
        "OPTIONS",
        "/notes/mcp",
        "",
        "",
        "Origin: https://app.example",
        "Access-Control-Request-Method: POST",
        "Access-Control-Request-Headers: authorization, mcp-param-city, x-evil");
    String answer = edge.sent();

    assertThat(status(answer)).isEqualTo(204);
    assertThat(header(answer, "Access-Control-Allow-Headers"))
        .contains("mcp-param-city")
        .contains("mcp-method")
        .doesNotContain("x-evil");
    edge.request("OPTIONS", "/notes/mcp", "", "", "Origin: https://evil.example");
    assertThat(status(edge.sent())).isEqualTo(403);
  }

  @Test
  void aPageOfAnotherOriginIsRefusedThoughItHasAToken() {
    FakeLink link = edge.link("nas", "notes");
    edge.send("POST", CALL, "Origin: https://evil.example");
    String answer = edge.sent();

    assertThat(status(answer)).isEqualTo(403);
    assertThat(body(answer)).contains("http_origin_refused");
    assertThat(header(answer, "Access-Control-Allow-Origin")).isEmpty();
    assertThat(link.calls).isEmpty();
  }

  @Test
  void headWithATokenIsNotAMethodOfTheEndpoint() {
    edge.link("nas", "notes");
    edge.send("HEAD", "");
    assertThat(status(edge.sent())).isEqualTo(405);
  }
}
