package dev.doorward.edge.cert;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.junit.jupiter.api.Test;

class PlainHandlerTest {
  private final ChallengePages pages = new ChallengePages();

  private record Seen(int status, String location, String body) {}

  private Seen ask(HttpMethod method, String host, String uri) {
    var channel =
        new EmbeddedChannel(
            new PlainHandler(pages, Set.of("mcp.example.com"), "https://mcp.example.com"));
    var request = new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, method, uri);
    request.headers().set("Host", host);
    channel.writeInbound(request);
    FullHttpResponse response = channel.readOutbound();
    try {
      assertThat(request.refCnt()).isZero();
      return new Seen(
          response.status().code(),
          response.headers().get("Location", ""),
          response.content().toString(StandardCharsets.US_ASCII));
    } finally {
      response.release();
      channel.finishAndReleaseAll();
    }
  }

  @Test
  void answersAChallengeOfAConfiguredNameAndNoOther() {
    pages.put("abc", "abc.thumb");

    assertThat(ask(HttpMethod.GET, "mcp.example.com", "/.well-known/acme-challenge/abc").body())
        .isEqualTo("abc.thumb");
    assertThat(ask(HttpMethod.GET, "MCP.example.com:80", "/.well-known/acme-challenge/abc").body())
        .isEqualTo("abc.thumb");
    assertThat(ask(HttpMethod.GET, "mcp.example.com", "/.well-known/acme-challenge/abd").status())
        .isEqualTo(404);
    assertThat(ask(HttpMethod.GET, "evil.example", "/.well-known/acme-challenge/abc").status())
        .isEqualTo(421);
    pages.remove("abc");
    assertThat(ask(HttpMethod.GET, "mcp.example.com", "/.well-known/acme-challenge/abc").status())
        .isEqualTo(404);
  }

  @Test
  void sendsEverythingElseToThePublicOriginAndNowhereElse() {
    assertThat(ask(HttpMethod.GET, "mcp.example.com", "/notes/mcp?x=1"))
        .isEqualTo(new Seen(308, "https://mcp.example.com/notes/mcp?x=1", ""));
    assertThat(ask(HttpMethod.GET, "mcp.example.com", "//evil.example/").location())
        .startsWith("https://mcp.example.com//");
    assertThat(ask(HttpMethod.GET, "evil.example", "/").status()).isEqualTo(421);
  }

  @Test
  void aRequestThatCarriesSomethingIsNotSentOn() {
    assertThat(ask(HttpMethod.POST, "mcp.example.com", "/token").status()).isEqualTo(403);
  }
}
