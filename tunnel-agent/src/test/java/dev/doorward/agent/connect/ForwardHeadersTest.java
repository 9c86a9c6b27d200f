package dev.doorward.agent.connect;

import static org.assertj.core.api.Assertions.assertThat;

import dev.doorward.common.identity.ClientId;
import dev.doorward.common.identity.Issuer;
import dev.doorward.common.identity.ServiceName;
import dev.doorward.common.identity.Subject;
import dev.doorward.common.token.AccessToken;
import dev.doorward.config.value.HttpUrl;
import dev.doorward.transport.link.CallHead;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ForwardHeadersTest {
  private static final Issuer ISSUER = new Issuer("https://edge.example");
  private static final ServiceName NOTES = new ServiceName("notes");
  private static final Backend BACKEND =
      new Backend(
          HttpUrl.parse("http://Backend.Internal:3000/api/mcp").orElseThrow(),
          Optional.empty(),
          Duration.ofSeconds(1),
          Duration.ofSeconds(1));

  private static AccessToken token(String person) {
    Instant now = Instant.EPOCH;
    return new AccessToken(
        ISSUER,
        new Subject("s1"),
        person,
        new ClientId("https://client.example/id"),
        ISSUER.resourceOf(NOTES),
        Set.of("mcp"),
        "g1",
        "j1",
        now,
        now.plusSeconds(60),
        Optional.empty());
  }

  private static HttpHeaders request(String method, boolean whole, HttpHeaders headers) {
    return ForwardHeaders.request(
        new CallHead("c1", NOTES, method, Optional.empty(), "t", headers, whole),
        token("ada"),
        BACKEND);
  }

  @Test
  void hostIsTheBackendsAndOriginToo() {
    HttpHeaders out =
        request(
            "GET",
            true,
            new DefaultHttpHeaders().set("host", "evil").set("origin", "https://evil"));

    assertThat(out.getAll("host")).containsExactly("backend.internal:3000");
    assertThat(out.getAll("origin")).containsExactly("http://backend.internal:3000");
    assertThat(request("GET", true, new DefaultHttpHeaders()).contains("origin")).isFalse();
    assertThat(BACKEND.target("a=1")).isEqualTo("/api/mcp?a=1");
    assertThat(BACKEND.target("")).isEqualTo("/api/mcp");
  }

  @Test
  void credentialsAndHopByHopHeadersStayBehind() {
    HttpHeaders in = new DefaultHttpHeaders();
    for (String name :
        new String[] {
          "authorization",
          "cookie",
          "te",
          "keep-alive",
          "proxy-connection",
          "proxy-authorization",
          "upgrade",
          "trailer",
          "expect",
          "forwarded",
          "x-forwarded-for",
          "X-Forwarded-Host",
          "x-real-ip",
          "Doorward-Subject",
          "doorward-anything",
          "x-named",
          "http2-settings"
        }) {
      in.set(name, "x");
    }
    in.set("connection", "close, X-Named");
    in.set("mcp-session-id", "kept");
    in.add("accept", "a").add("accept", "b");

    HttpHeaders out = request("GET", true, in);

    assertThat(out.names())
        .containsExactlyInAnyOrder(
            "host",
            "mcp-session-id",
            "accept",
            "doorward-subject",
            "doorward-person",
            "doorward-client",
            "doorward-call");
    assertThat(out.getAll("accept")).containsExactly("a", "b");
    assertThat(out.getAll("doorward-subject")).containsExactly("s1");
  }

  @Test
  void theBodyIsFramedAsTheCallIs() {
    HttpHeaders length = new DefaultHttpHeaders().set("content-length", "5");

    assertThat(request("POST", false, length).get("content-length")).isEqualTo("5");
    assertThat(request("POST", false, length).contains("transfer-encoding")).isFalse();
    assertThat(request("POST", false, new DefaultHttpHeaders()).get("transfer-encoding"))
        .isEqualTo("chunked");
    assertThat(request("POST", true, new DefaultHttpHeaders()).get("content-length"))
        .isEqualTo("0");
    assertThat(request("GET", true, length).contains("content-length")).isFalse();
    assertThat(
            request(
                    "POST",
                    false,
                    new DefaultHttpHeaders()
                        .set("content-length", "5")
                        .set("transfer-encoding", "chunked"))
                .contains("transfer-encoding"))
        .isFalse();
  }

  @Test
  void namesOfPeopleAreVisibleAscii() {
    assertThat(ForwardHeaders.visible("ada@example.org")).isEqualTo("ada@example.org");
    assertThat(ForwardHeaders.visible("Ad\u00e4 100%")).isEqualTo("Ad%C3%A4%20100%25");
    assertThat(ForwardHeaders.visible("a\r\nb: c")).isEqualTo("a%0D%0Ab:%20c");
  }

  @Test
  void answersLoseWhatIsOfOneHopOrOurs() {
    HttpHeaders in =
        new DefaultHttpHeaders()
            .set("Content-Type", "application/json")
            .set("Transfer-Encoding", "chunked")
            .set("Connection", "keep-alive, X-Private")
            .set("Keep-Alive", "timeout=5")
            .set("X-Private", "1")
            .set("Doorward-Reason", "token_expired")
            .set("doorward-call", "x");

    assertThat(ForwardHeaders.answer(in).names()).containsExactly("content-type");
  }
}
