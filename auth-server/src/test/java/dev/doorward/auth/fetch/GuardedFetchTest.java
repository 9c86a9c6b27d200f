package dev.doorward.auth.fetch;

import static dev.doorward.auth.fixture.Outcomes.ok;
import static dev.doorward.auth.fixture.Outcomes.problem;
import static dev.doorward.auth.fixture.TlsHost.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.doorward.auth.fetch.DocumentFetch.Document;
import dev.doorward.auth.fixture.TlsHost;
import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Reason;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The fetch against a real server on the loopback. Names resolve to what a test says; the dialler
 * takes down which address it was told to connect to, and connects to the loopback instead.
 */
class GuardedFetchTest {
  private static final String PUBLIC = "198.41.0.4";
  private static final String GOOD =
      """
      HTTP/1.1 200 OK
      Content-Type: application/json
      Cache-Control: max-age=900
      Content-Length: 2

      {}\
      """;

  private final List<String> lookedUp = new CopyOnWriteArrayList<>();
  private final List<String> dialled = new CopyOnWriteArrayList<>();
  private final List<AutoCloseable> closing = new ArrayList<>();
  private List<List<String>> answers = List.of(List.of(PUBLIC));
  private Duration timeout = Duration.ofSeconds(20);

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable each : closing) {
      each.close();
    }
  }

  private TlsHost host(TlsHost.Script script) {
    var host = new TlsHost(script);
    closing.add(host);
    return host;
  }

  private GuardedFetch fetch(TlsHost host, String... privateHosts) {
    return fetch(
        host,
        (address, _, _) -> {
          dialled.add(address.getHostAddress());
          return new Socket(InetAddress.getLoopbackAddress(), host.port());
        },
        privateHosts);
  }

  private GuardedFetch fetch(TlsHost host, Dialler dialler, String... privateHosts) {
    var limits = new FetchLimits(1024, timeout, 2, Set.of(443, host.port()), Set.of(privateHosts));
    return new GuardedFetch(limits, this::resolve, dialler, TlsHost.trusting());
  }

  /** One list of addresses after the other; the last one for good. */
  private List<InetAddress> resolve(String name) throws UnknownHostException {
    lookedUp.add(name);
    List<InetAddress> addresses = new ArrayList<>();
    for (String address : answers.get(Math.min(lookedUp.size(), answers.size()) - 1)) {
      addresses.add(InetAddress.getByName(address));
    }
    return addresses;
  }

  private static URI url(TlsHost host, String path) {
    return URI.create("https://" + TlsHost.NAME + ":" + host.port() + path);
  }

  private Reason reasonOf(TlsHost host) {
    return problem(fetch(host).get(url(host, "/app.json"))).reason();
  }

  @Test
  void documentComesFromTheCheckedAddressUnderTheNameOfTheUrl() {
    TlsHost host = host(text(GOOD));

    Document document = ok(fetch(host).get(url(host, "/app.json?v=2")));

    assertThat(document.body()).asString().isEqualTo("{}");
    assertThat(document.life()).contains(Duration.ofMinutes(15));
    assertThat(dialled).containsExactly(PUBLIC);
    assertThat(host.requests())
        .singleElement()
        .asString()
        .startsWith("GET /app.json?v=2 HTTP/1.1\r\n")
        .contains("Host: client.example:" + host.port() + "\r\n")
        .doesNotContainIgnoringCase("authorization")
        .doesNotContainIgnoringCase("cookie");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1",
        "169.254.169.254",
        "10.0.0.1",
        "100.64.0.1",
        "::1",
        "fd00::1",
        "fe80::1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::1",
        "::ffff:127.0.0.1",
        PUBLIC + ",127.0.0.1",
        "127.0.0.1," + PUBLIC,
        PUBLIC + ",::1",
        "2606:4700::1111,10.0.0.1",
      })
  void nameWithAnyAddressThatIsNotPublicIsNeverDialled(String addresses) {
    TlsHost host = host(text(GOOD));
    answers = List.of(Arrays.asList(addresses.split(",")));

    assertThat(reasonOf(host)).isEqualTo(Reason.CLIENT_DOCUMENT_UNAVAILABLE);
    assertThat(dialled).isEmpty();
  }

  @Test
  void loopbackGetsNoPacketFromTheRealDialler() {
    TlsHost host = host(text(GOOD));
    answers = List.of(List.of("127.0.0.1"));

    Outcome<Document> outcome = fetch(host, Dialler.direct()).get(url(host, "/app.json"));

    assertThat(problem(outcome).reason()).isEqualTo(Reason.CLIENT_DOCUMENT_UNAVAILABLE);
    assertThat(host.connections()).isZero();
    // the same server is reached where the operator says so: it was the guard that kept away
    assertThat(ok(fetch(host, Dialler.direct(), TlsHost.NAME).get(url(host, "/app.json"))).body())
        .asString()
        .isEqualTo("{}");
    assertThat(host.connections()).isEqualTo(1);
  }

  @Test
  void nameThatTurnsToTheLoopbackAfterTheCheckIsNotLookedUpAgain() {
    TlsHost host = host(text(GOOD));
    answers = List.of(List.of(PUBLIC), List.of("127.0.0.1"));

    ok(fetch(host).get(url(host, "/app.json")));

    assertThat(lookedUp).containsExactly(TlsHost.NAME);
    assertThat(dialled).containsExactly(PUBLIC);
  }

  @Test
  void nameThatTurnsToTheLoopbackBetweenTwoFetchesIsJudgedAnew() {
    TlsHost host = host(text(GOOD));
    answers = List.of(List.of(PUBLIC), List.of("127.0.0.1"));
    GuardedFetch fetch = fetch(host);

    ok(fetch.get(url(host, "/app.json")));
    assertThat(problem(fetch.get(url(host, "/app.json"))).reason())
        .isEqualTo(Reason.CLIENT_DOCUMENT_UNAVAILABLE);
    assertThat(dialled).containsExactly(PUBLIC);
  }

  @Test
  void nextAddressIsTriedWhereOneDoesNotAnswer() {
    TlsHost host = host(text(GOOD));
    answers = List.of(List.of("2606:4700::1111", PUBLIC));
    GuardedFetch fetch =
        fetch(
            host,
            (address, _, _) -> {
              dialled.add(address.getHostAddress());
              if (address.getAddress().length == 16) {
                throw new IOException("no way to IPv6");
              }
              return new Socket(InetAddress.getLoopbackAddress(), host.port());
            });

    ok(fetch.get(url(host, "/app.json")));
    assertThat(dialled).hasSize(2);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://client.example/x",
        "https://client.example:22/x",
        "https://127.0.0.1/x",
        "https://127.1/x",
        "https://2130706433/x",
        "https://0x7f000001/x",
        "https://0177.0.0.1/x",
        "https://[::1]/x",
        "https://[::ffff:127.0.0.1]/x",
        "https://localhost/x",
        "https://localhost./x",
        "https://client.example./x",
        "https://intranet/x",
        "https://user@client.example/x",
        "https://client_1.example/x",
        "file:///etc/passwd",
      })
  void urlThatNamesNoPublicHostIsNotEvenLookedUp(String url) {
    TlsHost host = host(text(GOOD));

    assertThat(problem(fetch(host).get(URI.create(url))).reason())
        .isEqualTo(Reason.CLIENT_DOCUMENT_UNAVAILABLE);
    assertThat(lookedUp).isEmpty();
  }

  static Stream<String> wrongAnswers() {
    return Stream.of(
        "HTTP/1.1 302 Found\nLocation: https://client.example/other\nContent-Length: 0\n\n",
        "HTTP/1.1 301 Moved\nLocation: http://127.0.0.1/\nContent-Length: 0\n\n",
        "HTTP/1.1 307 T\nLocation: http://169.254.169.254/\nContent-Length: 0\n\n",
        "HTTP/1.1 404 Not Found\nContent-Type: application/json\nContent-Length: 2\n\n{}",
        "HTTP/1.1 204 No Content\n\n",
        "HTTP/1.1 200 OK\nContent-Type: text/html\nContent-Length: 2\n\n{}",
        "HTTP/1.1 200 OK\nContent-Type: text/json\nContent-Length: 2\n\n{}",
        "HTTP/1.1 200 OK\nContent-Length: 2\n\n{}",
        "HTTP/1.1 200 OK\nContent-Type: application/json\nContent-Type: text/html\n"
            + "Content-Length: 2\n\n{}",
        "HTTP/1.1 200 OK\nContent-Type: application/json\nContent-Encoding: gzip\n"
            + "Content-Length: 2\n\n{}",
        "HTTP/1.1 200 OK\nContent-Type: application/json\nContent-Length: 1025\n\n"
            + "x".repeat(1025),
        "HTTP/1.1 200 OK\nContent-Type: application/json\n\n" + "x".repeat(100_000),
        "SSH-2.0-OpenSSH_9.2\n");
  }

  @ParameterizedTest
  @MethodSource("wrongAnswers")
  void whatIsNotASmallJsonDocumentIsRefusedAndNothingIsFollowed(String answer) {
    TlsHost host = host(text(answer));

    assertThat(reasonOf(host)).isEqualTo(Reason.CLIENT_DOCUMENT_UNAVAILABLE);
    assertThat(lookedUp).hasSize(1);
    assertThat(host.connections()).isEqualTo(1);
  }

  @Test
  void contentTypeMayHaveParametersAnyCaseAndAMoreSpecialName() {
    for (String type :
        List.of(
            "Application/JSON; charset=utf-8", "application/jwk-set+json", "application/x+json")) {
      TlsHost host = host(text(GOOD.replace("application/json", type)));

      assertThat(ok(fetch(host).get(url(host, "/app.json"))).body()).asString().isEqualTo("{}");
    }
  }

  @ParameterizedTest
  @CsvSource({"false", "true"})
  void serverThatDripsOrNeverAnswersCostsTheTimeLimitAndNoMore(boolean drips) {
    var released = new CountDownLatch(1);
    closing.add(released::countDown);
    timeout = Duration.ofMillis(250);
    TlsHost host =
        host(out -> {
          try {
            if (drips) {
              for (int i = 0; released.getCount() > 0; i++) {
                out.write("HTTP/1.1 200 OK\r\nX: ".charAt(i % 20));
                out.flush();
                Thread.onSpinWait();
              }
            }
            released.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
        });
    GuardedFetch fetch = fetch(host);

    long before = System.nanoTime();
    assertThat(problem(fetch.get(url(host, "/app.json"))).reason())
        .isEqualTo(Reason.CLIENT_DOCUMENT_UNAVAILABLE);

    assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(5));
    // and it leaves nothing behind: there is room for two at a time, and five get it
    for (int i = 0; i < 4; i++) {
      Awaitility.await()
          .untilAsserted(() ->
              assertThat(problem(fetch.get(url(host, "/app.json"))).reason())
                  .isEqualTo(Reason.CLIENT_DOCUMENT_UNAVAILABLE));
    }
  }

  @Test
  void nameServerThatHangsCostsTheTimeLimitAndNoMore() {
    timeout = Duration.ofMillis(100);
    var released = new CountDownLatch(1);
    closing.add(released::countDown);
    TlsHost host = host(text(GOOD));
    var limits = new FetchLimits(1024, timeout, 2, Set.of(host.port()), Set.of());
    var fetch =
        new GuardedFetch(
            limits,
            _ -> {
              try {
                released.await();
              } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
              }
              return List.of(InetAddress.getLoopbackAddress());
            },
            Dialler.direct(),
            TlsHost.trusting());

    assertThat(problem(fetch.get(url(host, "/x"))).reason())
        .isEqualTo(Reason.CLIENT_DOCUMENT_UNAVAILABLE);
    assertThat(host.connections()).isZero();
  }

  @Test
  void onlySoManyFetchesRunAtATime() throws Exception {
    var arrived = new CountDownLatch(2);
    var released = new CountDownLatch(1);
    TlsHost host =
        host(out -> {
          arrived.countDown();
          try {
            released.await();
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          text(GOOD).answer(out);
        });
    GuardedFetch fetch = fetch(host);
    try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
      Future<Outcome<Document>> first = threads.submit(() -> fetch.get(url(host, "/1")));
      Future<Outcome<Document>> second = threads.submit(() -> fetch.get(url(host, "/2")));
      arrived.await();

      assertThat(problem(fetch.get(url(host, "/3"))).reason()).isEqualTo(Reason.OVERLOADED);

      released.countDown();
      ok(first.get());
      ok(second.get());
    }
  }

  @Test
  void certificateOfAnotherNameIsRefused() {
    TlsHost host = host(text(GOOD));

    Outcome<Document> outcome =
        fetch(host).get(URI.create("https://other.example:" + host.port() + "/app.json"));

    assertThat(problem(outcome).reason()).isEqualTo(Reason.CLIENT_DOCUMENT_UNAVAILABLE);
    assertThat(host.requests()).noneMatch(request -> request.startsWith("GET"));
  }

  @Test
  void certificateOfAnUnknownRootIsRefused() throws Exception {
    TlsHost host = host(text(GOOD));
    var limits = new FetchLimits(1024, timeout, 2, Set.of(host.port()), Set.of());
    var fetch =
        new GuardedFetch(
            limits,
            this::resolve,
            (_, _, _) -> new Socket(InetAddress.getLoopbackAddress(), host.port()),
            javax.net.ssl.SSLContext.getDefault());

    assertThat(problem(fetch.get(url(host, "/app.json"))).reason())
        .isEqualTo(Reason.CLIENT_DOCUMENT_UNAVAILABLE);
  }

  @Test
  void whoAskedLearnsTheSameWhateverWentWrong() {
    TlsHost host = host(text("HTTP/1.1 500 E\n\n"));
    String broken = problem(fetch(host).get(url(host, "/x"))).text();
    answers = List.of(List.of("10.0.0.1"));
    lookedUp.clear();

    assertThat(problem(fetch(host).get(url(host, "/x"))).text()).isEqualTo(broken);
  }
}
