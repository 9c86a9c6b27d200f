package dev.doorward.auth.client;

import static dev.doorward.auth.fixture.TestClient.json;
import static dev.doorward.auth.fixture.TestClient.parameter;
import static dev.doorward.auth.fixture.Visitor.location;
import static dev.doorward.auth.fixture.Visitor.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.doorward.auth.engine.AuthReply;
import dev.doorward.auth.fixture.TestClient;
import dev.doorward.auth.fixture.TestServer;
import dev.doorward.auth.fixture.Visitor;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Clients that are known by the URL of a document: the whole way, and what is refused. */
class ClientDocumentsTest {
  private static final String URL = "https://app.example/oauth/client.json";
  private static final String DOCUMENT =
      """
      {"client_id":"https://app.example/oauth/client.json","client_name":"Example App",
       "redirect_uris":["http://127.0.0.1/oauth/callback","https://app.example/cb"],
       "token_endpoint_auth_method":"none","grant_types":["authorization_code","refresh_token"]}
      """;

  @TempDir Path dataDir;
  private TestServer server;
  private TestClient client;

  @BeforeEach
  void open() {
    open("");
  }

  private void open(String yaml) {
    close();
    server = new TestServer(dataDir, yaml);
    server.web.publish(URL, DOCUMENT);
    client = TestClient.known(server, URL);
  }

  @AfterEach
  void close() {
    if (server != null) {
      server.close();
    }
  }

  private AuthReply authorize() {
    return server.visitor().get(client.authorizeUrl("notes"));
  }

  private void refused(AuthReply reply, int status, String reason) {
    assertThat(reply.status()).isEqualTo(status);
    assertThat(text(reply)).contains("<code>" + reason + "</code>");
    assertThat(Visitor.header(reply, "Location")).isEmpty();
  }

  @Test
  void signsInWithoutARegistrationAndThePageNamesTheHost() {
    Visitor browser = server.visitor();
    browser.signIn("ada", TestServer.PASSWORD);
    String consent = location(browser.get(client.authorizeUrl("notes")));
    assertThat(text(browser.get(consent)))
        .contains("<bdi>Example App</bdi> wants to use", "<bdi>app.example</bdi>");
    String back = location(browser.decide(consent, "allow"));
    var tokens = json(client.redeem(parameter(back, "code").orElseThrow()));

    assertThat(server.verified(tokens.get("access_token").asString(), "notes").client().value())
        .isEqualTo(URL);
    assertThat(client.refresh(tokens.get("refresh_token").asString()).status()).isEqualTo(200);
    assertThat(server.web.fetched()).containsExactly(URL);
    assertThat(server.notes.events()).contains("client_document_read");
    assertThat(
            json(server.call("GET", "/.well-known/oauth-authorization-server", Map.of(), ""))
                .get("client_id_metadata_document_supported")
                .asBoolean())
        .isTrue();
  }

  @Test
  void copySurvivesARestart() {
    assertThat(authorize().status()).isEqualTo(303);
    server.restart();

    assertThat(authorize().status()).isEqualTo(303);
    assertThat(server.web.fetched()).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        // seconds that the headers say, seconds that the copy is good for
        "-, 300",
        "0, 300",
        "299, 300",
        "3600, 3600",
        "86400, 86400",
        "9999999, 86400",
      })
  void copyIsGoodAsLongAsItsHeadersSayWithinBounds(Long said, long good) {
    server.web.publish(URL, DOCUMENT, Optional.ofNullable(said).map(Duration::ofSeconds));
    authorize();

    server.clock.advance(Duration.ofSeconds(good - 1));
    authorize();
    assertThat(server.web.fetched()).hasSize(1);

    server.clock.advance(Duration.ofSeconds(1));
    authorize();
    assertThat(server.web.fetched()).hasSize(2);
  }

  @Test
  void staleCopyIsNotUsedWhereTheDocumentCannotBeHad() {
    authorize();
    server.web.remove(URL);
    server.clock.advance(Duration.ofMinutes(5));

    refused(authorize(), 502, "client_document_unavailable");
  }

  @Test
  void redirectThatTheDocumentTookBackIsRefusedEvenOfARequestThatWaits() {
    Visitor browser = server.visitor();
    browser.signIn("ada", TestServer.PASSWORD);
    String consent = location(browser.get(client.authorizeUrl("notes")));
    Map<String, String> form = Visitor.hidden(browser.get(consent));
    form.put("decision", "allow");
    server.web.publish(URL, DOCUMENT.replace("\"http://127.0.0.1/oauth/callback\",", ""));
    server.clock.advance(Duration.ofMinutes(5));

    refused(authorize(), 400, "redirect_refused");
    assertThat(browser.post("/consent", form).status()).isEqualTo(410);
    assertThat(server.notes.events()).contains("client_document_changed");
  }

  @Test
  void redirectThatTheDocumentAddedIsOnlyTakenOnceItWasFetchedAgain() {
    authorize();
    server.web.publish(URL, DOCUMENT.replace("https://app.example/cb", "https://new.example/cb"));
    Map<String, String> request = client.request("notes");
    request.put("redirect_uri", "https://new.example/cb");

    refused(server.visitor().get("/authorize?" + Visitor.form(request)), 400, "redirect_refused");
    server.clock.advance(Duration.ofMinutes(5));
    assertThat(server.visitor().get("/authorize?" + Visitor.form(request)).status()).isEqualTo(303);
  }

  @Test
  void failureIsNotTriedAgainForAWhile() {
    server.web.remove(URL);
    for (int i = 0; i < 5; i++) {
      refused(authorize(), 502, "client_document_unavailable");
    }
    assertThat(server.web.fetched()).hasSize(1);

    server.web.publish(URL, DOCUMENT);
    server.clock.advance(Duration.ofSeconds(30));
    assertThat(authorize().status()).isEqualTo(303);
    assertThat(server.notes.events()).containsOnlyOnce("client_refused");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        // what to replace in the document | by what
        "client.json | client2.json",
        "https://app.example/oauth/client.json | https://APP.example/oauth/client.json",
        "\"client_id\" | \"client_ids\"",
        "\"client_name\" | \"name\"",
        "Example App | ' '",
        "\"none\" | \"client_secret_basic\"",
        "\"none\" | \"client_secret_post\"",
        "\"none\" | \"client_secret_jwt\"",
        "\"none\" | \"none\",\"client_secret\":\"x\"",
        "\"none\" | \"none\",\"client_secret_expires_at\":0",
        "\"none\" | \"client_secret_basic\",\"jwks_uri\":\"https://app.example/keys\"",
        "\"none\" | \"private_key_jwt\",\"jwks_uri\":\"http://app.example/keys\"",
        "\"none\" | \"private_key_jwt\",\"jwks_uri\":\"file:///etc/keys\"",
        "\"redirect_uris\" | \"uris\"",
        "https://app.example/cb | javascript://app.example/",
        "https://app.example/cb | http://app.example/cb",
        "\"authorization_code\" | \"implicit\"",
        "{ | [{",
        "\"client_name\" | \"client_id\":\"x\",\"client_name\"",
      })
  void documentThatBreaksARuleIsRefused(String part, String other) {
    assertThat(DOCUMENT).contains(part);
    server.web.publish(URL, DOCUMENT.replace(part, other));

    refused(authorize(), 400, "client_document_refused");
  }

  @Test
  void documentNamesAtMost32Redirects() {
    String one = "\"https://app.example/cb\"";
    server.web.publish(URL, DOCUMENT.replace(one, one + ("," + one).repeat(30)));
    assertThat(authorize().status()).isEqualTo(303);

    server.web.publish(URL, DOCUMENT.replace(one, one + ("," + one).repeat(31)));
    server.clock.advance(Duration.ofDays(2));
    refused(authorize(), 400, "client_document_refused");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://app.example",
        "https://user@app.example/c",
        "https://app.example/a/../c",
        "https://127.0.0.1/c",
        "https://edge.example/c",
      })
  void urlThatNoClientCanHaveIsNotFetched(String id) {
    client = TestClient.known(server, id);

    refused(authorize(), 400, "client_document_refused");
    assertThat(server.web.fetched()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"http://app.example/c", "HTTPS://app.example/c", "ftp://app.example/c"})
  void otherUrlIsAnUnknownClient(String id) {
    client = TestClient.known(server, id);

    refused(authorize(), 400, "client_unknown");
    assertThat(server.web.fetched()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "allowed-domains: [other.example] | false",
        "allowed-domains: [app.example] | true",
        "allowed-domains: [example] | true",
        "allowed-domains: [pp.example] | false",
        "denied-domains: [app.example] | false",
        "denied-domains: [example] | false",
        "denied-domains: [other.example] | true",
        "{allowed-domains: [app.example], denied-domains: [example]} | false",
      })
  void operatorSaysWhichDomainsAreTrusted(String policy, boolean trusted) {
    open("client-documents: " + (policy.startsWith("{") ? policy : "{" + policy + "}") + "\n");

    AuthReply reply = authorize();

    if (trusted) {
      assertThat(reply.status()).isEqualTo(303);
    } else {
      refused(reply, 400, "client_not_trusted");
      assertThat(server.web.fetched()).isEmpty();
      assertThat(server.notes.last().event()).isEqualTo("client_refused");
    }
  }

  @Test
  void domainThatIsDeniedLaterIsRefusedAtOnce() {
    authorize();
    open("client-documents: {denied-domains: [app.example]}\n");

    refused(authorize(), 400, "client_not_trusted");
  }

  @Test
  void switchedOffItIsNotAdvertisedAndNobodyIsKnownByIt() {
    authorize();
    open("client-documents: {enabled: false}\n");

    refused(authorize(), 400, "client_unknown");
    assertThat(
            json(server.call("GET", "/.well-known/oauth-authorization-server", Map.of(), ""))
                .get("client_id_metadata_document_supported")
                .asBoolean())
        .isFalse();
  }

  @Test
  void networkThatAsksForVeryManyIsSlowedAndOthersGoOn() {
    open("client-documents: {per-hour: 3}\n");
    for (int i = 0; i < 3; i++) {
      client = TestClient.known(server, "https://app.example/none" + i);
      refused(authorize(), 502, "client_document_unavailable");
    }
    client = TestClient.known(server, URL);

    refused(authorize(), 429, "client_limit");
    assertThat(server.visitor("198.51.100.9").get(client.authorizeUrl("notes")).status())
        .isEqualTo(303);
    assertThat(authorize().status()).as("known by now").isEqualTo(303);
  }

  @Test
  void manyWhoWaitForTheSameDocumentShareAFetch() throws Exception {
    var started = new CountDownLatch(1);
    var go = new CountDownLatch(1);
    server.web.before(() -> {
      started.countDown();
      try {
        go.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    });
    List<Integer> statuses = new ArrayList<>();
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Callable<Integer>> askers = Collections.nCopies(8, () -> authorize().status());
      List<Future<Integer>> all = askers.stream().map(threads::submit).toList();
      started.await();
      go.countDown();
      for (Future<Integer> each : all) {
        statuses.add(each.get());
      }
    }

    assertThat(statuses).containsOnly(303);
    assertThat(server.web.fetched()).hasSizeLessThanOrEqualTo(2);
  }

  @Test
  void unknownClientAtTheTokenEndpointIsNeverFetched() {
    AuthReply reply = client.refresh("dwr_x");

    assertThat(reply.status()).isEqualTo(401);
    assertThat(server.web.fetched()).isEmpty();
  }
}
