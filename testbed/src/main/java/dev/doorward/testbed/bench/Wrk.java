package dev.doorward.testbed.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The load: 1 KB {@code tools/call} requests by wrk over kept connections. */
record Wrk(Path script, int connections) {
  private static final String LUA =
      """
      local body = '{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"echo","arguments":{"message":"'
        .. string.rep('x', 905) .. '"}}}'
      wrk.method = 'POST'
      wrk.body = body
      wrk.headers['Content-Type'] = 'application/json'
      wrk.headers['Accept'] = 'application/json, text/event-stream'
      wrk.headers['MCP-Protocol-Version'] = '2025-11-25'
      wrk.headers['Authorization'] = 'Bearer ' .. os.getenv('BENCH_TOKEN')

      function done(summary, latency, requests)
        local e = summary.errors
        io.write(string.format(
          'RESULT {"requests":%d,"micros":%d,"p50":%d,"p99":%d,"errors":%d}\\n',
          summary.requests, summary.duration, latency:percentile(50), latency:percentile(99),
          e.connect + e.read + e.write + e.status + e.timeout))
      end
      """;

  /**
   * What one run gave.
   *
   * @param p50Micros median latency, p99 likewise
   * @param errors answers other than 2xx and broken connections
   */
  record Result(long requests, double seconds, long p50Micros, long p99Micros, long errors) {
    double perSecond() {
      return requests / seconds;
    }
  }

  static Wrk prepare(Path folder, int connections) throws IOException {
    Path script = folder.resolve("call.lua");
    Files.writeString(script, LUA);
    return new Wrk(script, connections);
  }

  Result run(String url, String token, int seconds) throws IOException, InterruptedException {
    var builder =
        new ProcessBuilder(
                List.of(
                    "wrk",
                    "-t1",
                    "-c" + connections,
                    "-d" + seconds + "s",
                    "--timeout",
                    "5s",
                    "-s",
                    script.toString(),
                    url))
            .redirectErrorStream(true);
    builder.environment().put("BENCH_TOKEN", token);
    Process process = builder.start();
    String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    process.waitFor();
    int at = output.indexOf("RESULT ");
    if (at < 0) {
      throw new IOException("wrk says: " + output);
    }
    JsonNode json = JsonMapper.shared().readTree(output.substring(at + 7));
    return new Result(
        json.path("requests").asLong(),
        json.path("micros").asLong() / 1e6,
        json.path("p50").asLong(),
        json.path("p99").asLong(),
        json.path("errors").asLong());
  }
}
