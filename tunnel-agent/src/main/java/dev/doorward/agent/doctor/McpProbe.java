package dev.doorward.agent.doctor;

import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Reason;
import dev.doorward.config.value.HttpUrl;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * Asks an MCP server to initialize, and ends the session that comes of it. Not for calls: those go
 * through the agent's own connector. Blocks.
 */
final class McpProbe {
  private static final int MOST = 64 * 1024;
  private static final String INITIALIZE =
      "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"initialize\",\"params\":{"
          + "\"protocolVersion\":\"2025-11-25\",\"capabilities\":{},"
          + "\"clientInfo\":{\"name\":\"doorward-doctor\",\"version\":\"1\"}}}";
  private static final String SESSION = "Mcp-Session-Id";

  private final Duration limit;

  McpProbe(Duration limit) {
    this.limit = limit;
  }

  /** What answers at the URL; refused where it is no MCP server. */
  Outcome<String> ask(HttpUrl url, Optional<List<X509Certificate>> cas) {
    try (HttpClient http = client(cas)) {
      HttpResponse<InputStream> answer =
          http.send(
              request(url)
                  .header("Content-Type", "application/json")
                  .header("Accept", "application/json, text/event-stream")
                  .POST(BodyPublishers.ofString(INITIALIZE))
                  .build(),
              BodyHandlers.ofInputStream());
      Outcome<String> found = judge(url, answer);
      Optional<String> session = answer.headers().firstValue(SESSION);
      if (session.isPresent()) {
        http.send(
            request(url).header(SESSION, session.get()).DELETE().build(),
            BodyHandlers.discarding());
      }
      return found;
    } catch (IOException e) {
      return Outcome.failed(
          Reason.BACKEND_PROTOCOL_VIOLATION,
          "The server at " + url + " did not answer an MCP request: " + e.getMessage() + ".");
    } catch (GeneralSecurityException e) {
      return Outcome.failed(
          Reason.INTERNAL, "TLS cannot be set up on this machine: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Outcome.failed(Reason.INTERNAL, "Interrupted.");
    }
  }

  private HttpRequest.Builder request(HttpUrl url) {
    return HttpRequest.newBuilder(url.uri()).timeout(limit);
  }

  private HttpClient client(Optional<List<X509Certificate>> cas) throws GeneralSecurityException {
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(limit);
    if (cas.isPresent()) {
      builder.sslContext(trusting(cas.get()));
    }
    return builder.build();
  }

  private static SSLContext trusting(List<X509Certificate> cas) throws GeneralSecurityException {
    try {
      KeyStore anchors = KeyStore.getInstance(KeyStore.getDefaultType());
      anchors.load(null, null);
      for (int i = 0; i < cas.size(); i++) {
        anchors.setCertificateEntry("ca" + i, cas.get(i));
      }
      TrustManagerFactory factory = TrustManagerFactory.getInstance("PKIX");
      factory.init(anchors);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, factory.getTrustManagers(), null);
      return context;
    } catch (IOException e) {
      throw new GeneralSecurityException(e);
    }
  }

  private static Outcome<String> judge(HttpUrl url, HttpResponse<InputStream> answer)
      throws IOException {
    String body;
    try (InputStream in = answer.body()) {
      body =
          new String(in.readNBytes(answer.statusCode() == 200 ? MOST : 0), StandardCharsets.UTF_8);
    }
    int status = answer.statusCode();
    if (status == 200 && body.contains("\"jsonrpc\"")) {
      return Outcome.ok(url + " speaks MCP");
    }
    String why =
        switch (status) {
          case 200 -> "answers, but not as an MCP server";
          case 401, 403 ->
              "wants credentials of its own (" + status + "), which the agent does not send";
          case 404, 405 ->
              "has no MCP endpoint at this path (" + status + "); most servers use /mcp";
          case 301, 302, 307, 308 ->
              "redirects ("
                  + status
                  + "), which is never followed; put the address that it names into agent.yaml";
          default -> "answered an MCP request with the status " + status;
        };
    return Outcome.failed(
        Reason.BACKEND_PROTOCOL_VIOLATION, "The server at " + url + " " + why + ".");
  }
}
