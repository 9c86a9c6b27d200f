package dev.doorward.transport.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.doorward.common.outcome.Reason;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HeadChecksTest {

  private static HttpRequest request(String method, String uri, String... headers) {
    var request = new DefaultHttpRequest(HttpVersion.HTTP_1_1, HttpMethod.valueOf(method), uri);
    for (int i = 0; i < headers.length; i += 2) {
      request.headers().add(headers[i], headers[i + 1]);
    }
    return request;
  }

  private static @Nullable Refusal through(HeadCheck check, HttpRequest request) {
    var channel = new EmbeddedChannel(new HeadGateHandler(List.of(check)));
    channel.writeInbound(request);
    Object out = channel.readInbound();
    assertThat(channel.finishAndReleaseAll()).isFalse();
    return out instanceof RefusedRequest refused ? refused.refusal() : null;
  }

  private static int status(HeadCheck check, HttpRequest request) {
    Refusal refusal = through(check, request);
    return refusal == null ? 0 : refusal.status().code();
  }

  @ParameterizedTest
  @CsvSource({
    "GET,0",
    "HEAD,0",
    "POST,0",
    "DELETE,0",
    "OPTIONS,0",
    "PUT,405",
    "PATCH,405",
    "CONNECT,405",
    "TRACE,405",
    "get,405",
    "PRI,405"
  })
  void onlyMethodsThatAreServedPass(String method, int status) {
    assertThat(status(new MethodCheck(), request(method, "/"))).isEqualTo(status);
  }

  @ParameterizedTest
  @CsvSource({
    "edge.example:8443,0",
    "EDGE.example:8443,0",
    "edge.example,421",
    "edge.example:443,421",
    "edge.example.:8443,421",
    "evil.example,421",
    "127.0.0.1:8443,421",
    "user@edge.example:8443,400",
    "'edge.example:8443, evil.example',400",
    "edge.example:8443/x,400",
    "'',400"
  })
  void onlyTheConfiguredAuthorityIsAnswered(String host, int status) {
    var check = new AuthorityCheck("edge.example:8443", 8443);

    assertThat(status(check, request("GET", "/", "Host", host))).isEqualTo(status);
  }

  @Test
  void theDefaultPortMayBeSpelledOut() {
    var check = new AuthorityCheck("edge.example", 443);

    assertThat(status(check, request("GET", "/", "Host", "edge.example:443"))).isZero();
    assertThat(status(check, request("GET", "/", "Host", "edge.example:80"))).isEqualTo(421);
  }

  @Test
  void noHostOrTwoHostsAreRefused() {
    var check = new AuthorityCheck("a", 443);

    assertThat(status(check, request("GET", "/"))).isEqualTo(400);
    assertThat(status(check, request("GET", "/", "Host", "a", "Host", "a"))).isEqualTo(400);
  }

  @ParameterizedTest
  @CsvSource({
    "GET,/x,/x",
    "GET,https://a/x?y,/x?y",
    "GET,HTTPS://A?y,/?y",
    "OPTIONS,*,*",
  })
  void targetsBecomeTheOriginForm(String method, String uri, String expected) {
    HttpRequest request = request(method, uri, "Host", "a");

    assertThat(through(new TargetCheck(), request)).isNull();
    assertThat(request.uri()).isEqualTo(expected);
  }

  @ParameterizedTest
  @ValueSource(strings = {"https://b/x", "http://a/x", "*", "a:443", "https://u@a/x", "x", ""})
  void targetsThatDisagreeWithTheHostAreRefused(String uri) {
    assertThat(status(new TargetCheck(), request("GET", uri, "Host", "a"))).isEqualTo(400);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"/", "/a/mcp", "/a/mcp/", "/a/mcp?x=%2f..//;\\", "/.well-known/x", "/a.b/..c"})
  void plainPathsPass(String uri) {
    assertThat(status(new PathCheck(), request("GET", uri))).isZero();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "//",
        "//a",
        "/a//b",
        "/a/./b",
        "/a/../b",
        "/..",
        "/a/..",
        "/a/.",
        "/a%2fb",
        "/a%2Fb",
        "/%2e%2e/a",
        "/a%5cb",
        "/a\\b",
        "/a;x=1",
        "/a%00",
        "/a%252fb",
        "/%c0%ae/",
        "/a#b",
        "/\u00e9",
        "/a/..?x",
        "/a//?x"
      })
  void pathsWithASecondMeaningAreRefused(String uri) {
    assertThat(status(new PathCheck(), request("GET", uri))).isEqualTo(400);
  }

  @Test
  void namesWithAnUnderscoreAreRefused() {
    var check = new HeaderShapeCheck(HttpLimits.defaults());

    assertThat(status(check, request("GET", "/", "Mcp-Name", "a"))).isZero();
    assertThat(status(check, request("GET", "/", "Mcp_Name", "a"))).isEqualTo(400);
  }

  @Test
  void tooManyOrTooLargeHeadersAreRefused() {
    var check = new HeaderShapeCheck(HttpLimits.defaults());
    HttpRequest hundred = request("GET", "/");
    for (int i = 0; i < 100; i++) {
      hundred.headers().add("x" + i, "y");
    }

    assertThat(status(check, hundred)).isZero();
    hundred.headers().add("one", "more");
    assertThat(status(check, hundred)).isEqualTo(431);
    assertThat(status(check, request("GET", "/", "x", "y".repeat(8192)))).isZero();
    assertThat(status(check, request("GET", "/", "x", "y".repeat(8193)))).isEqualTo(431);
    String half = "y".repeat(8190);
    assertThat(status(check, request("GET", "/", "a", half, "b", half))).isEqualTo(431);
  }

  @Test
  void bodiesBelongToPostOnly() {
    var check = new FramingCheck();

    assertThat(status(check, request("POST", "/", "Content-Length", "5"))).isZero();
    assertThat(status(check, request("DELETE", "/", "Content-Length", "0"))).isZero();
    assertThat(status(check, request("DELETE", "/", "Content-Length", "5"))).isEqualTo(400);
    assertThat(status(check, request("GET", "/", "Transfer-Encoding", "chunked"))).isEqualTo(400);
    assertThat(
            status(
                check, request("POST", "/", "Transfer-Encoding", "chunked", "Content-Length", "5")))
        .isEqualTo(400);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Authorization",
        "close, authorization",
        "Host",
        "Cookie",
        "Mcp-Session-Id",
        "x-custom",
        "Content-Length",
        "upgrade"
      })
  void theConnectionHeaderCannotMakeHeadersVanish(String nominated) {
    assertThat(status(new ConnectionCheck(), request("GET", "/", "Connection", nominated)))
        .isEqualTo(400);
  }

  @Test
  void headersOfOneHopAreRemovedAndUpgradesRefused() {
    HttpRequest request =
        request(
            "GET",
            "/",
            "Connection",
            "Keep-Alive, TE",
            "TE",
            "trailers",
            "Keep-Alive",
            "1",
            "Proxy-Authorization",
            "x",
            "Accept",
            "y");

    assertThat(through(new ConnectionCheck(), request)).isNull();
    assertThat(request.headers().names()).containsExactlyInAnyOrder("Connection", "Accept");
    assertThat(status(new ConnectionCheck(), request("GET", "/", "Upgrade", "h2c"))).isEqualTo(400);
  }

  @Test
  void codedBodiesAndOddExpectationsAreRefused() {
    var check = new CodingCheck();

    assertThat(status(check, request("POST", "/", "Content-Encoding", "gzip"))).isEqualTo(415);
    assertThat(status(check, request("POST", "/", "Content-Encoding", "identity"))).isZero();
    assertThat(status(check, request("POST", "/", "Expect", "100-Continue"))).isZero();
    assertThat(status(check, request("POST", "/", "Expect", "200-ok"))).isEqualTo(417);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"authorization", "Content-Type", "origin", "MCP-Session-Id", "mcp-method"})
  void headersThatAreGivenTwiceAreRefused(String name) {
    var check = new RepeatedHeaderCheck();

    assertThat(status(check, request("POST", "/", name, "a"))).isZero();
    assertThat(status(check, request("POST", "/", name, "a", name, "a"))).isEqualTo(400);
  }

  @Test
  void headersOfProxiesAndOfTheGatewayAreRemoved() {
    HttpRequest request =
        request(
            "GET",
            "/",
            "Doorward-Subject",
            "x",
            "DOORWARD-CALL",
            "x",
            "X-Forwarded-For",
            "x",
            "Forwarded",
            "x",
            "x-http2-stream-id",
            "x",
            "X-Real-IP",
            "x",
            "Via",
            "x",
            "Doorwardly",
            "kept",
            "Mcp-Param-Doorward-x",
            "kept");

    assertThat(through(new ForgedHeaderCheck(), request)).isNull();
    assertThat(request.headers().names())
        .containsExactlyInAnyOrder("Doorwardly", "Mcp-Param-Doorward-x");
  }

  @ParameterizedTest
  @CsvSource({
    "https://app.example,0",
    "https://APP.example,403",
    "https://app.example.evil,403",
    "http://app.example,403",
    "null,403"
  })
  void pagesOfOtherOriginsAreRefused(String origin, int status) {
    var check = new OriginCheck(Set.of("https://app.example"));

    assertThat(status(check, request("POST", "/", "Origin", origin))).isEqualTo(status);
    assertThat(status(check, request("POST", "/"))).isZero();
  }

  @Test
  void theFirstCheckThatRefusesDecides() {
    List<HeadCheck> checks = HeadChecks.of("a", 443, HttpLimits.defaults());
    var channel = new EmbeddedChannel(new HeadGateHandler(checks));

    channel.writeInbound(request("TRACE", "//", "Host", "b"));
    RefusedRequest refused = channel.readInbound();

    assertThat(refused.refusal().problem().reason()).isEqualTo(Reason.HTTP_METHOD_NOT_ALLOWED);
    assertThat(channel.finishAndReleaseAll()).isFalse();
  }
}
