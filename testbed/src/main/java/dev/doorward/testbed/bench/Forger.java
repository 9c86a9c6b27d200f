package dev.doorward.testbed.bench;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Some 10,000 requests a second from one address, each with another forged token: header and claims
 * of a good one, with a signature of the right form that is none.
 */
record Forger(Path script) {
  private static final String LUA =
      """
      local body = '{"jsonrpc":"2.0","id":1,"method":"tools/list"}'
      local good = os.getenv('BENCH_TOKEN')
      local signed = string.match(good, '^(.*%.)[^.]*$')
      local tail = string.rep('q', 70) .. 'A'
      local n = 0
      wrk.method = 'POST'
      wrk.headers['Content-Type'] = 'application/json'
      wrk.headers['Accept'] = 'application/json, text/event-stream'

      function request()
        n = n + 1
        wrk.headers['Authorization'] = 'Bearer ' .. signed .. string.format('%015d', n) .. tail
        return wrk.format('POST', nil, nil, body)
      end

      function delay()
        return 4
      end

      function done(summary, latency, requests)
        io.write(string.format(
          'RESULT {"requests":%d,"micros":%d}\\n', summary.requests, summary.duration))
      end
      """;

  /** How much was sent. */
  record Result(long requests, double seconds) {
    double perSecond() {
      return requests / seconds;
    }
  }

  /** A flood that goes on. */
  record Running(Process process) implements AutoCloseable {
    /** Waits for its end. */
    Result result() throws IOException, InterruptedException {
      String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      process.waitFor();
      int at = output.indexOf("RESULT ");
      if (at < 0) {
        throw new IOException("wrk says: " + output);
      }
      JsonNode json = JsonMapper.shared().readTree(output.substring(at + 7));
      return new Result(json.path("requests").asLong(), json.path("micros").asLong() / 1e6);
    }

    @Override
    public void close() {
      process.destroy();
      try {
        process.waitFor();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
  }

  static Forger prepare(Path folder) throws IOException {
    Path script = folder.resolve("forge.lua");
    Files.writeString(script, LUA);
    return new Forger(script);
  }

  Running start(String url, String token, int seconds) throws IOException {
    var builder =
        new ProcessBuilder(
                List.of("wrk", "-t1", "-c64", "-d" + seconds + "s", "-s", script.toString(), url))
            .redirectErrorStream(true);
    builder.environment().put("BENCH_TOKEN", token);
    return new Running(builder.start());
  }
}
