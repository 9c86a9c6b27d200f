package dev.doorward.auth.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The bounds of what is asked of providers, over loopback. */
class BoundedWebTest {
  private final CountDownLatch end = new CountDownLatch(1);
  private HttpServer server = start();

  @BeforeEach
  void open() {
    server.stop(0);
    server = start();
  }

  private HttpServer start() {
    try {
      HttpServer made =
          HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
      made.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
      made.createContext(
          "/small",
          exchange -> {
            byte[] body = exchange.getRequestBody().readAllBytes();
            exchange.getResponseHeaders().add("X-Method", exchange.getRequestMethod());
            exchange.sendResponseHeaders(201, body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
          });
      made.createContext(
          "/redirect",
          exchange -> {
            exchange.getResponseHeaders().add("Location", "/small");
            exchange.sendResponseHeaders(302, -1);
            exchange.close();
          });
      made.createContext(
          "/large",
          exchange -> {
            exchange.sendResponseHeaders(200, 0);
            try {
              exchange.getResponseBody().write(new byte[600 * 1024]);
            } catch (IOException e) {
              exchange.close();
            }
            exchange.close();
          });
      made.createContext(
          "/drip",
          exchange -> {
            exchange.sendResponseHeaders(200, 0);
            exchange.getResponseBody().write('{');
            exchange.getResponseBody().flush();
            try {
              end.await();
            } catch (InterruptedException e) {
              Thread.currentThread().interrupt();
            }
            exchange.close();
          });
      made.start();
      return made;
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  @AfterEach
  void close() {
    end.countDown();
    server.stop(0);
  }

  private URI url(String path) {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path);
  }

  @Test
  void formIsSentAndTheAnswerComesWhole() {
    try (var web = BoundedWeb.open()) {
      Web.Reply reply = web.post(url("/small"), Map.of(), Map.of("a b", "c&d"));

      assertThat(reply).isInstanceOf(Web.Reply.Got.class);
      var got = (Web.Reply.Got) reply;
      assertThat(got.status()).isEqualTo(201);
      assertThat(got.headers()).containsEntry("x-method", "POST");
      assertThat(new String(got.body(), StandardCharsets.UTF_8)).isEqualTo("a+b=c%26d");
    }
  }

  @Test
  void redirectIsNotFollowed() {
    try (var web = BoundedWeb.open()) {
      assertThat(web.get(url("/redirect"), Map.of()))
          .isInstanceOfSatisfying(
              Web.Reply.Got.class, got -> assertThat(got.status()).isEqualTo(302));
    }
  }

  @Test
  void answerThatIsTooLargeIsLost() {
    try (var web = BoundedWeb.open()) {
      assertThat(web.get(url("/large"), Map.of())).isInstanceOf(Web.Reply.Lost.class);
    }
  }

  @Test
  void answerThatDripsIsLostWhenItsTimeIsUp() {
    try (var web = new BoundedWeb(Duration.ofMillis(200))) {
      assertThat(web.get(url("/drip"), Map.of())).isInstanceOf(Web.Reply.Lost.class);
    }
  }

  @Test
  void nobodyThereIsLost() {
    URI nobody = url("/small");
    server.stop(0);
    try (var web = BoundedWeb.open()) {
      assertThat(web.get(nobody, Map.of())).isInstanceOf(Web.Reply.Lost.class);
    }
  }
}
