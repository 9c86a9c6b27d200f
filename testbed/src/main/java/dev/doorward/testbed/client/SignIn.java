package dev.doorward.testbed.client;

import java.io.IOException;
import java.net.URI;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * The whole authorization-code flow of MCP: challenge, RFC 9728 and RFC 8414 metadata, dynamic
 * registration, PKCE, the sign-in and consent pages as a browser without script sends them, token.
 * One object is one browser, with its cookies.
 */
public final class SignIn implements AutoCloseable {
  private static final String REDIRECT = "http://127.0.0.1:33418/callback";
  private static final Duration PATIENCE = Duration.ofSeconds(20);
  private static final Pattern METADATA = Pattern.compile("resource_metadata=\"([^\"]+)\"");
  private static final JsonMapper JSON = JsonMapper.shared();

  private final HttpClient http;
  private final String resource;
  private @Nullable JsonNode server;
  private String clientId = "";

  /** By name. The JDK's own jar sends cookies with Max-Age in RFC 2965's form, which is history. */
  private final Map<String, String> cookies = new LinkedHashMap<>();

  /** What the token endpoint gave, and for which client. */
  public record Tokens(String accessToken, String refreshToken, String clientId, URI endpoint) {}

  /** {@code resource} is the URL of an MCP server. */
  public SignIn(SSLContext tls, String resource) {
    this(HttpClient.newBuilder().sslContext(tls).connectTimeout(PATIENCE).build(), resource);
  }

  /** The same with a client of the caller's making; it is closed with this object. */
  public SignIn(HttpClient http, String resource) {
    this.resource = resource;
    this.http = http;
  }

  /**
   * A code that came back, and what is sent with it.
   *
   * @param form the whole request to {@code endpoint}
   */
  public record Code(String clientId, URI endpoint, Map<String, String> form) {}

  /** Signs in and allows everything that the consent page asks for. */
  public Tokens tokens(String person, String password) throws IOException, InterruptedException {
    return redeem(code(person, password));
  }

  /** The same up to the code; a later one in the same browser needs no password. */
  public Code code(String person, String password) throws IOException, InterruptedException {
    if (server == null) {
      server = authorizationServer();
      clientId = register(server);
    }
    String verifier = random();
    String state = random();
    Map<String, String> query = new LinkedHashMap<>();
    query.put("response_type", "code");
    query.put("client_id", clientId);
    query.put("redirect_uri", REDIRECT);
    query.put("code_challenge", challenge(verifier));
    query.put("code_challenge_method", "S256");
    query.put("state", state);
    query.put("resource", resource);
    URI authorize =
        URI.create(server.path("authorization_endpoint").asString() + "?" + form(query));
    Map<String, String> answer = callback(authorize, person, password);
    must(state.equals(answer.get("state")), "another state came back: " + answer);
    must(server.path("issuer").asString().equals(answer.get("iss")), "another issuer: " + answer);
    must(answer.containsKey("code"), "no code came back: " + answer);

    Map<String, String> redeem = new LinkedHashMap<>();
    redeem.put("grant_type", "authorization_code");
    redeem.put("code", answer.getOrDefault("code", ""));
    redeem.put("redirect_uri", REDIRECT);
    redeem.put("client_id", clientId);
    redeem.put("code_verifier", verifier);
    redeem.put("resource", resource);
    return new Code(clientId, URI.create(server.path("token_endpoint").asString()), redeem);
  }

  /** Turns a code into tokens. */
  public Tokens redeem(Code code) throws IOException, InterruptedException {
    return redeemed(code.endpoint(), code.clientId(), code.form());
  }

  /** New tokens for the refresh token. */
  public Tokens refresh(Tokens old) throws IOException, InterruptedException {
    Map<String, String> redeem = new LinkedHashMap<>();
    redeem.put("grant_type", "refresh_token");
    redeem.put("refresh_token", old.refreshToken());
    redeem.put("client_id", old.clientId());
    redeem.put("resource", resource);
    return redeemed(old.endpoint(), old.clientId(), redeem);
  }

  /** Opens a page of the server and presses the button of its first form with that action. */
  public void submit(String page, String action) throws IOException, InterruptedException {
    URI at = URI.create(page);
    HttpResponse<String> shown = send(HttpRequest.newBuilder(at));
    must(shown.statusCode() == 200, at.getPath() + " answers " + shown.statusCode());
    HttpResponse<String> answer = send(posted(HtmlForm.find(at, shown.body(), action)));
    must(answer.statusCode() == 303, action + " answers " + answer.statusCode());
  }

  private static HttpRequest.Builder posted(HtmlForm filled) {
    URI to = filled.action();
    return HttpRequest.newBuilder(to)
        .header("Content-Type", "application/x-www-form-urlencoded")
        .header("Origin", to.getScheme() + "://" + to.getRawAuthority())
        .POST(BodyPublishers.ofString(form(filled.fields())));
  }

  @Override
  public void close() {
    http.close();
  }

  private JsonNode authorizationServer() throws IOException, InterruptedException {
    HttpResponse<String> refused =
        send(
            HttpRequest.newBuilder(URI.create(resource))
                .header("Content-Type", "application/json")
                .header("Accept", "application/json, text/event-stream")
                .POST(BodyPublishers.ofString("{}")));
    must(refused.statusCode() == 401, "no 401 without a token: " + refused.statusCode());
    Matcher pointer = METADATA.matcher(refused.headers().firstValue("WWW-Authenticate").orElse(""));
    must(pointer.find(), "the 401 points to no metadata: " + refused.headers().map());
    JsonNode about = json(send(HttpRequest.newBuilder(URI.create(pointer.group(1)))));
    must(about.path("resource").asString().equals(resource), "metadata of another resource");
    String issuer = about.path("authorization_servers").path(0).asString();
    JsonNode server =
        json(
            send(
                HttpRequest.newBuilder(
                    URI.create(issuer + "/.well-known/oauth-authorization-server"))));
    must(server.path("issuer").asString().equals(issuer), "metadata of another issuer");
    return server;
  }

  private String register(JsonNode server) throws IOException, InterruptedException {
    String body =
        JSON.writeValueAsString(
            Map.of(
                "client_name",
                "Doorward testbed",
                "redirect_uris",
                List.of(REDIRECT),
                "grant_types",
                List.of("authorization_code", "refresh_token"),
                "response_types",
                List.of("code"),
                "token_endpoint_auth_method",
                "none",
                "application_type",
                "native"));
    HttpResponse<String> answer =
        send(
            HttpRequest.newBuilder(URI.create(server.path("registration_endpoint").asString()))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body)));
    must(answer.statusCode() == 201, "not registered: " + answer.body());
    return JSON.readTree(answer.body()).path("client_id").asString();
  }

  /** Goes from page to page until the client's own address comes; gives the query of that. */
  private Map<String, String> callback(URI start, String person, String password)
      throws IOException, InterruptedException {
    HttpRequest.Builder next = HttpRequest.newBuilder(start);
    URI at = start;
    for (int step = 0; step < 10; step++) {
      HttpResponse<String> page = send(next);
      if (page.statusCode() / 100 == 3) {
        at = at.resolve(page.headers().firstValue("Location").orElseThrow());
        if (at.toString().startsWith(REDIRECT)) {
          return query(at);
        }
        next = HttpRequest.newBuilder(at);
      } else {
        must(page.statusCode() == 200, at.getPath() + " answers " + page.statusCode());
        HtmlForm found = HtmlForm.find(at, page.body());
        HtmlForm filled =
            found.fields().containsKey("password")
                ? found.with("username", person).with("password", password)
                : found.with("decision", "allow");
        must(
            step < 6 || !found.fields().containsKey("password"),
            "the sign-in page does not let go");
        at = filled.action();
        next = posted(filled);
      }
    }
    throw new IllegalStateException("the sign-in goes in circles");
  }

  private Tokens redeemed(URI endpoint, String clientId, Map<String, String> fields)
      throws IOException, InterruptedException {
    JsonNode tokens =
        json(
            send(
                HttpRequest.newBuilder(endpoint)
                    .header("Content-Type", "application/x-www-form-urlencoded")
                    .POST(BodyPublishers.ofString(form(fields)))));
    return new Tokens(
        tokens.path("access_token").asString(),
        tokens.path("refresh_token").asString(""),
        clientId,
        endpoint);
  }

  private HttpResponse<String> send(HttpRequest.Builder request)
      throws IOException, InterruptedException {
    if (!cookies.isEmpty()) {
      request.header(
          "Cookie",
          cookies.entrySet().stream()
              .map(c -> c.getKey() + "=" + c.getValue())
              .collect(Collectors.joining("; ")));
    }
    HttpResponse<String> answer =
        http.send(request.timeout(PATIENCE).build(), BodyHandlers.ofString());
    for (String cookie : answer.headers().allValues("Set-Cookie")) {
      String pair = cookie.contains(";") ? cookie.substring(0, cookie.indexOf(';')) : cookie;
      int equals = pair.indexOf('=');
      cookies.put(pair.substring(0, equals), pair.substring(equals + 1));
    }
    return answer;
  }

  private static JsonNode json(HttpResponse<String> answer) {
    must(
        answer.statusCode() == 200,
        answer.uri().getPath() + " answers " + answer.statusCode() + ": " + answer.body());
    return JSON.readTree(answer.body());
  }

  private static Map<String, String> query(URI uri) {
    Map<String, String> values = new LinkedHashMap<>();
    for (String pair : uri.getRawQuery().split("&", -1)) {
      int equals = pair.indexOf('=');
      values.put(
          pair.substring(0, equals),
          URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8));
    }
    return values;
  }

  private static String form(Map<String, String> fields) {
    return fields.entrySet().stream()
        .map(e -> e.getKey() + "=" + URLEncoder.encode(e.getValue(), StandardCharsets.UTF_8))
        .collect(Collectors.joining("&"));
  }

  private static String random() {
    byte[] bytes = new byte[32];
    new SecureRandom().nextBytes(bytes);
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
  }

  private static String challenge(String verifier) {
    try {
      return Base64.getUrlEncoder()
          .withoutPadding()
          .encodeToString(
              MessageDigest.getInstance("SHA-256")
                  .digest(verifier.getBytes(StandardCharsets.US_ASCII)));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void must(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalStateException(otherwise);
    }
  }
}
