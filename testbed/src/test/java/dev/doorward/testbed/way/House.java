package dev.doorward.testbed.way;

import dev.doorward.common.outcome.Outcome;
import dev.doorward.edge.admin.AdminClient;
import dev.doorward.testbed.client.SignIn;
import dev.doorward.testbed.client.Trust;
import dev.doorward.testbed.demo.Demo;
import dev.doorward.testbed.demo.Installation;
import dev.doorward.testbed.demo.ServiceChoice;
import dev.doorward.testbed.demo.Shape;
import dev.doorward.testbed.sample.McpJson;
import dev.doorward.testbed.sample.SampleServer;
import io.modelcontextprotocol.client.McpClient;
import io.modelcontextprotocol.client.McpClient.SyncSpec;
import io.modelcontextprotocol.client.transport.HttpClientStreamableHttpTransport;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.Collectors;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Edge, agent and sample server as processes, started as the demo starts them, and a signed-in
 * client. Behind the agent are three services: {@code demo}, {@code other} (a second sample server)
 * and {@code down}, where nobody listens.
 */
final class House implements AutoCloseable {
  static final String LIST = "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"tools/list\"}";
  private static final String NOBODY = "http://127.0.0.1:9/mcp";

  private final SampleServer other;
  private final Path folder;
  private final Demo demo;
  private final Demo.Ready ready;
  private final HttpClient http;
  private final SignIn browser;
  private final SignIn.Tokens tokens;

  /** Sentences of the demo about what happened after its start. */
  final Queue<String> notes = new ConcurrentLinkedQueue<>();

  /** Starts all in {@code target/<name>}, the auth-server inside the edge. */
  House(String name) throws Exception {
    this(name, Shape.EMBEDDED);
  }

  /** Starts all in {@code target/<name>}. */
  House(String name, Shape shape) throws Exception {
    Path root = Path.of(System.getProperty("doorward.root"));
    folder = root.resolve("testbed").resolve("target").resolve(name);
    other = SampleServer.start(0);
    demo =
        new Demo(
            new Installation(
                root, folder, List.of("-Dio.netty.leakDetection.level=paranoid"), false),
            shape,
            notes::add);
    try {
      ready =
          demo.start(
              0,
              new ServiceChoice.Sample(),
              Map.of(
                  "other",
                  URI.create("http://127.0.0.1:" + other.port() + "/mcp"),
                  "down",
                  URI.create(NOBODY)));
    } catch (Exception e) {
      demo.close();
      other.close();
      throw e;
    }
    var tls = Trust.only(ready.ca());
    http = HttpClient.newBuilder().sslContext(tls).build();
    browser = new SignIn(tls, ready.resource());
    tokens = browser.tokens(ready.person(), ready.password());
  }

  /** The URL of the service {@code demo}. */
  String resource() {
    return ready.resource();
  }

  /** The URL of another service. */
  String resource(String service) {
    return ready.resource().replace("/demo/mcp", "/" + service + "/mcp");
  }

  String issuer() {
    return ready.resource().replace("/demo/mcp", "");
  }

  SSLContext tls() throws IOException, GeneralSecurityException {
    return Trust.only(ready.ca());
  }

  String token() {
    return tokens.accessToken();
  }

  SignIn.Tokens refreshed() throws IOException, InterruptedException {
    return browser.refresh(tokens);
  }

  /** A token of the same person for another service. */
  String tokenFor(String service) throws Exception {
    try (var other = new SignIn(Trust.only(ready.ca()), resource(service))) {
      return other.tokens(ready.person(), ready.password()).accessToken();
    }
  }

  /** A client of the MCP Java SDK. */
  SyncSpec client() throws Exception {
    var tls = Trust.only(ready.ca());
    return McpClient.sync(
            HttpClientStreamableHttpTransport.builder(issuer())
                .endpoint("/demo/mcp")
                .jsonMapper(McpJson.mapper())
                .customizeClient(builder -> builder.sslContext(tls))
                .addHttpRequestCustomizer((request, method, uri, body, context) ->
                    request
                        .header("Authorization", "Bearer " + token())
                        .header("Doorward-Person", "root")
                        .header("Cookie", "a=b"))
                .build())
        .requestTimeout(Duration.ofSeconds(20));
  }

  /** A POST to a service with a token, and headers as name, value, name, value. */
  HttpResponse<String> post(String resource, String token, String body, String... headers)
      throws IOException, InterruptedException {
    var request =
        HttpRequest.newBuilder(URI.create(resource))
            .header("Content-Type", "application/json")
            .header("Accept", "application/json, text/event-stream")
            .timeout(Duration.ofSeconds(20))
            .POST(BodyPublishers.ofString(body));
    if (!token.isEmpty()) {
      request.header("Authorization", "Bearer " + token);
    }
    if (headers.length > 0) {
      request.headers(headers);
    }
    return http.send(request.build(), BodyHandlers.ofString());
  }

  /** A POST whose answer is read as it comes; headers as name, value, name, value. */
  HttpResponse<InputStream> open(String resource, String token, String body, String... headers)
      throws IOException, InterruptedException {
    return http.send(
        HttpRequest.newBuilder(URI.create(resource))
            .header("Content-Type", "application/json")
            .header("Accept", "application/json, text/event-stream")
            .header("Authorization", "Bearer " + token)
            .headers(headers)
            .POST(BodyPublishers.ofString(body))
            .build(),
        BodyHandlers.ofInputStream());
  }

  /** A form as programs send it. */
  HttpResponse<String> form(String url, Map<String, String> fields, String... headers)
      throws IOException, InterruptedException {
    var request =
        HttpRequest.newBuilder(URI.create(url))
            .header("Content-Type", "application/x-www-form-urlencoded")
            .timeout(Duration.ofSeconds(20))
            .POST(
                BodyPublishers.ofString(
                    fields.entrySet().stream()
                        .map(e ->
                            e.getKey()
                                + "="
                                + URLEncoder.encode(e.getValue(), StandardCharsets.UTF_8))
                        .collect(Collectors.joining("&"))));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return http.send(request.build(), BodyHandlers.ofString());
  }

  /** Another sign-in of the same person, for the service {@code demo}. */
  SignIn.Tokens signIn() throws Exception {
    try (SignIn other = browser()) {
      return signIn(other);
    }
  }

  /** A browser of its own, and a client in it. */
  SignIn browser() throws Exception {
    return new SignIn(tls(), resource());
  }

  /** A sign-in of the same person in that browser. */
  SignIn.Tokens signIn(SignIn browser) throws Exception {
    return browser.tokens(ready.person(), ready.password());
  }

  SignIn.Tokens refresh(SignIn.Tokens old) throws Exception {
    return browser.refresh(old);
  }

  /** What the edge's operator is answered on its socket. */
  JsonNode operator(String method, String path, @Nullable Object body) throws IOException {
    JsonNode json = JsonMapper.shared().readTree(ready.ca().resolveSibling("demo.json").toFile());
    Path dataDir =
        Objects.requireNonNull(Path.of(json.path("admin_socket").asString()).getParent());
    return switch (new AdminClient(dataDir).ask(method, path, body)) {
      case Outcome.Ok<JsonNode>(JsonNode answer) -> answer;
      case Outcome.Failed<JsonNode>(var problem) -> throw new AssertionError(problem);
    };
  }

  HttpResponse<String> get(String url) throws IOException, InterruptedException {
    return http.send(
        HttpRequest.newBuilder(URI.create(url)).timeout(Duration.ofSeconds(20)).build(),
        BodyHandlers.ofString());
  }

  /** A page as browsers ask for it. */
  HttpResponse<String> page(String url) throws IOException, InterruptedException {
    return http.send(
        HttpRequest.newBuilder(URI.create(url))
            .header("Accept", "text/html")
            .timeout(Duration.ofSeconds(20))
            .build(),
        BodyHandlers.ofString());
  }

  /** The reason code of a refusal, JSON-RPC error or not. */
  static String reason(HttpResponse<String> answer) {
    JsonNode body = JsonMapper.shared().readTree(answer.body());
    JsonNode error = body.path("error");
    return error.isString() ? error.asString() : error.path("data").path("reason").asString("");
  }

  /** The process that demo.json names, e.g. {@code edge_pid}. */
  ProcessHandle process(String key) throws IOException {
    JsonNode json = JsonMapper.shared().readTree(ready.ca().resolveSibling("demo.json").toFile());
    return ProcessHandle.of(json.path(key).asLong()).orElseThrow();
  }

  /** Everything that edge, agent and an auth-server of its own have logged. */
  String logs() throws IOException {
    Path auth = folder.resolve("auth.log");
    return Files.readString(folder.resolve("edge.log"))
        + Files.readString(folder.resolve("agent.log"))
        + (Files.exists(auth) ? Files.readString(auth) : "");
  }

  /** A directory that a process keeps its data in: {@code edge} or {@code auth}. */
  Path folder(String process) {
    return folder.resolve(process);
  }

  @Override
  public void close() {
    browser.close();
    http.close();
    demo.close();
    other.close();
  }
}
