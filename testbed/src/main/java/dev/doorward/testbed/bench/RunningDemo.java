package dev.doorward.testbed.bench;

import dev.doorward.testbed.client.SignIn;
import dev.doorward.testbed.client.Trust;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLContext;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code doorward demo} with a service of the benchmark behind it. */
final class RunningDemo implements AutoCloseable {
  private final Process process;
  private final JsonNode json;

  private RunningDemo(Process process, JsonNode json) {
    this.process = process;
    this.json = json;
  }

  static RunningDemo start(Path root, String serviceUrl) throws IOException {
    Process process =
        new ProcessBuilder(
                root.resolve("doorward").toString(), "demo", "--json", "--service", serviceUrl)
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    BufferedReader out = process.inputReader();
    String line = out.readLine();
    if (line == null) {
      throw new IOException("the demo does not start");
    }
    return new RunningDemo(process, JsonMapper.shared().readTree(line));
  }

  String resource() {
    return json.path("resource").asString();
  }

  /** Edge and agent. */
  List<Long> pids() {
    return List.of(json.path("edge_pid").asLong(), json.path("agent_pid").asLong());
  }

  SSLContext tls() throws IOException, GeneralSecurityException {
    return Trust.only(Path.of(json.path("ca").asString()));
  }

  String person() {
    return json.path("person").path("name").asString();
  }

  String password() {
    return json.path("person").path("password").asString();
  }

  String token() throws IOException, GeneralSecurityException, InterruptedException {
    try (var browser = new SignIn(tls(), resource())) {
      return browser.tokens(person(), password()).accessToken();
    }
  }

  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(15, TimeUnit.SECONDS)) {
        process.destroyForcibly();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
