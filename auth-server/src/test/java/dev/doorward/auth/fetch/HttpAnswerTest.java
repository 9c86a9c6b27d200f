package dev.doorward.auth.fetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HttpAnswerTest {
  private static HttpAnswer read(String text) throws IOException {
    return HttpAnswer.read(
        new ByteArrayInputStream(text.replace("~", "\r\n").getBytes(StandardCharsets.ISO_8859_1)),
        10);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 200 OK~Content-Length: 4~~bodymore",
        "HTTP/1.1 200~~body",
        "HTTP/1.0 200 OK~x: y~~body",
        "HTTP/1.1 200 OK~Transfer-Encoding: chunked~~3;x=y~bod~1~y~0~~",
        "HTTP/1.1 200 OK~transfer-encoding:chunked~~4~body~0~Trailer: x~~",
      })
  void bodyIsReadByItsFraming(String answer) throws IOException {
    assertThat(read(answer).body()).asString().isEqualTo("body");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "~~",
        "HTTP/1.1 200 OK~",
        "HTTP/2 200 OK~~",
        "HTTP/1.1 2000 OK~~",
        "ICY 200 OK~~",
        "HTTP/1.1 200 OK\n\nbody",
        "HTTP/1.1 200 OK~no colon~~body",
        "HTTP/1.1 200 OK~space : x~~body",
        "HTTP/1.1 200 OK~ folded: x~~body",
        "HTTP/1.1 200 OK~Content-Length: 11~~bodybodybod",
        "HTTP/1.1 200 OK~Content-Length: 5~~body",
        "HTTP/1.1 200 OK~Content-Length: +4~~body",
        "HTTP/1.1 200 OK~Content-Length: 4~Content-Length: 5~~body",
        "HTTP/1.1 200 OK~Content-Length: 4~Transfer-Encoding: chunked~~4~body~0~~",
        "HTTP/1.1 200 OK~Transfer-Encoding: gzip, chunked~~4~body~0~~",
        "HTTP/1.1 200 OK~Transfer-Encoding: chunked~~b~bodybodybod~0~~",
        "HTTP/1.1 200 OK~Transfer-Encoding: chunked~~4~body~7~bodybod~0~~",
        "HTTP/1.1 200 OK~Transfer-Encoding: chunked~~ffffffff~body~0~~",
        "HTTP/1.1 200 OK~Transfer-Encoding: chunked~~-1~body~0~~",
        "HTTP/1.1 200 OK~Transfer-Encoding: chunked~~4~bodyX~0~~",
        "HTTP/1.1 200 OK~Transfer-Encoding: chunked~~4~bo",
        "HTTP/1.1 200 OK~~bodybodybod",
      })
  void whatIsNotOneAnswerWithinBoundsIsRefused(String answer) {
    assertThatThrownBy(() -> read(answer)).isInstanceOf(IOException.class);
  }

  @Test
  void headHasABound() {
    assertThatThrownBy(() -> read("HTTP/1.1 200 OK~" + "a: b~".repeat(4000) + "~"))
        .isInstanceOf(IOException.class);
    assertThatThrownBy(() -> read("HTTP/1.1 200 OK~a: " + "b".repeat(17_000) + "~~"))
        .isInstanceOf(IOException.class);
  }

  @Test
  void bodyOfAnythingButA200IsLeftUnread() throws IOException {
    HttpAnswer answer = read("HTTP/1.1 302 Found~Location: http://127.0.0.1/~~" + "x".repeat(99));

    assertThat(answer.status()).isEqualTo(302);
    assertThat(answer.body()).isEmpty();
  }

  @Test
  void repeatedHeaderHasNoOneValue() throws IOException {
    HttpAnswer answer = read("HTTP/1.1 200 OK~A: x~a: y~B: z~~body");

    assertThat(answer.header("a")).isEmpty();
    assertThat(answer.header("b")).contains("z");
  }
}
