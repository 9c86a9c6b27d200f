package dev.doorward.edge.link;

import static org.assertj.core.api.Assertions.assertThat;

import dev.doorward.common.outcome.Reason;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.HttpHeaders;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ResponseHygieneTest {

  private static HttpHeaders json(String... more) {
    HttpHeaders headers = new DefaultHttpHeaders().set("content-type", "application/json");
    for (int i = 0; i < more.length; i += 2) {
      headers.add(more[i], more[i + 1]);
    }
    return headers;
  }

  private static HttpHeaders passed(HttpHeaders backend) {
    return ((Relayed.Head) ResponseHygiene.apply(200, backend)).headers();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Set-Cookie",
        "Service-Worker-Allowed",
        "Clear-Site-Data",
        "Access-Control-Allow-Origin",
        "Access-Control-Allow-Credentials",
        "Refresh",
        "Location",
        "Link",
        "Alt-Svc",
        "Strict-Transport-Security",
        "WWW-Authenticate",
        "Doorward-Subject",
        "Connection",
        "Transfer-Encoding",
        "Upgrade"
      })
  void whatWouldActOnTheOriginOrTheConnectionIsRemoved(String name) {
    assertThat(passed(json(name, "x")).contains(name)).isFalse();
  }

  @Test
  void everythingElsePasses() {
    HttpHeaders headers = passed(json("Mcp-Session-Id", "a", "X-Custom", "b", "ETag", "c"));

    assertThat(headers.get("Mcp-Session-Id")).isEqualTo("a");
    assertThat(headers.get("X-Custom")).isEqualTo("b");
    assertThat(headers.get("ETag")).isEqualTo("c");
  }

  @Test
  void everyAnswerIsSandboxedWhateverItSays() {
    HttpHeaders headers =
        passed(json("Content-Security-Policy", "script-src *", "X-Content-Type-Options", "x"));

    assertThat(headers.getAll("Content-Security-Policy"))
        .containsExactly("sandbox; default-src 'none'; frame-ancestors 'none'");
    assertThat(headers.getAll("X-Content-Type-Options")).containsExactly("nosniff");
  }

  @ParameterizedTest
  @CsvSource({
    "no-store,no-store",
    "'no-cache, no-transform','no-cache, no-transform'",
    "'private, max-age=5','private, max-age=5'",
    "'public, max-age=60',no-store",
    "max-age=60,no-store"
  })
  void noSharedCacheKeepsAnAnswer(String sent, String passed) {
    assertThat(passed(json("Cache-Control", sent)).get("Cache-Control")).isEqualTo(passed);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "application/json",
        "Application/JSON; charset=utf-8",
        "text/event-stream",
        "text/event-stream;charset=UTF-8"
      })
  void jsonAndEventStreamsPass(String type) {
    var headers = new DefaultHttpHeaders().set("content-type", type);

    assertThat(ResponseHygiene.apply(200, headers)).isInstanceOf(Relayed.Head.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "text/html",
        "application/json-seq",
        "application/javascript",
        "text/plain",
        "image/svg+xml",
        "application/json, text/html",
        ""
      })
  void otherKindsOfSuccessAreRefused(String type) {
    var headers = new DefaultHttpHeaders().set("content-type", type);

    assertThat(ResponseHygiene.apply(200, headers))
        .isEqualTo(new Relayed.Refused(Reason.BACKEND_CONTENT_TYPE_REFUSED));
  }

  @Test
  void twoContentTypesAreNone() {
    HttpHeaders headers = json().add("content-type", "text/html");

    assertThat(ResponseHygiene.apply(200, headers))
        .isEqualTo(new Relayed.Refused(Reason.BACKEND_CONTENT_TYPE_REFUSED));
  }

  @ParameterizedTest
  @ValueSource(ints = {300, 301, 304, 307, 308})
  void redirectsAreRefused(int status) {
    assertThat(ResponseHygiene.apply(status, json()))
        .isEqualTo(new Relayed.Refused(Reason.BACKEND_REDIRECT_REFUSED));
  }

  @Test
  void aHeaderThatWouldSplitTheAnswerIsAViolation() {
    HttpHeaders headers =
        DefaultHttpHeadersFactory.headersFactory().withValidation(false).newHeaders();
    headers.add("content-type", "application/json").add("x", "a\r\nSet-Cookie: b");

    assertThat(ResponseHygiene.apply(200, headers))
        .isEqualTo(new Relayed.Refused(Reason.BACKEND_PROTOCOL_VIOLATION));
  }
}
