package dev.doorward.testbed.way;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** An open event stream of a call that goes on for a minute, and what becomes of it. */
record Events(InputStream stream) {
  private static final String HELLO =
      "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"initialize\",\"params\":{"
          + "\"protocolVersion\":\"2025-06-18\",\"capabilities\":{},"
          + "\"clientInfo\":{\"name\":\"t\",\"version\":\"1\"}}}";
  private static final String COUNT =
      "{\"jsonrpc\":\"2.0\",\"id\":9,\"method\":\"tools/call\",\"params\":{\"name\":\"count\","
          + "\"arguments\":{\"to\":600,\"delayMillis\":100},\"_meta\":{\"progressToken\":\"p\"}}}";

  /** Calls the tool that counts of the service {@code demo}; its first byte is here. */
  static Events counting(House house, String token) throws Exception {
    return counting(house, "demo", token);
  }

  /** Calls the tool that counts; its first byte is here. */
  static Events counting(House house, String service, String token) throws Exception {
    HttpResponse<String> hello = house.post(house.resource(service), token, HELLO);
    assertThat(hello.statusCode()).as(hello.body()).isEqualTo(200);
    String session = hello.headers().firstValue("Mcp-Session-Id").orElseThrow();
    HttpResponse<InputStream> answer =
        house.open(
            house.resource(service),
            token,
            COUNT,
            "Mcp-Session-Id",
            session,
            "MCP-Protocol-Version",
            "2025-06-18");
    assertThat(answer.statusCode()).isEqualTo(200);
    InputStream events = answer.body();
    assertThat(new String(events.readNBytes(1), StandardCharsets.US_ASCII)).isNotEmpty();
    return new Events(events);
  }

  /** How long until nothing more comes. */
  Duration untilCut(long since) {
    try (stream) {
      byte[] buffer = new byte[4096];
      int read = 0;
      while (read >= 0) {
        read = stream.read(buffer);
      }
    } catch (IOException e) {
      return Duration.ofNanos(System.nanoTime() - since);
    }
    return Duration.ofNanos(System.nanoTime() - since);
  }
}
