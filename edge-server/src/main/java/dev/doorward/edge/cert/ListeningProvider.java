package dev.doorward.edge.cert;

import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.shredzone.acme4j.Session;
import org.shredzone.acme4j.connector.Connection;
import org.shredzone.acme4j.connector.DefaultConnection;
import org.shredzone.acme4j.connector.HttpConnector;
import org.shredzone.acme4j.connector.NetworkSettings;
import org.shredzone.acme4j.exception.AcmeProtocolException;
import org.shredzone.acme4j.provider.GenericAcmeProvider;

/**
 * How acme4j talks to an authority: over TLS with the trust that was configured, following no
 * redirect; and it notes what a refusal says about coming back, which the library drops except for
 * one kind of refusal.
 */
final class ListeningProvider extends GenericAcmeProvider {
  private static final Duration CONNECT = Duration.ofSeconds(15);

  private final @Nullable SSLContext trust;
  private volatile @Nullable Instant retryAt;

  /** Trusts {@code trust}, or the platform's CAs where it is null. */
  ListeningProvider(@Nullable SSLContext trust) {
    this.trust = trust;
  }

  /** When the last refusal since {@link #forget} wants another try. */
  Optional<Instant> retryAt() {
    return Optional.ofNullable(retryAt);
  }

  void forget() {
    retryAt = null;
  }

  @Override
  public HttpClient createHttpClient(NetworkSettings settings) {
    HttpClient.Builder builder =
        HttpClient.newBuilder()
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(CONNECT)
            .proxy(settings.getProxySelector());
    if (trust != null) {
      builder.sslContext(trust);
    }
    return builder.build();
  }

  @Override
  public Connection connect(URI server, NetworkSettings settings, HttpClient client) {
    HttpConnector connector = createHttpConnector(settings, client);
    return new DefaultConnection(connector) {
      @Override
      protected void sendRequest(Session session, URL url, Consumer<HttpRequest.Builder> request)
          throws IOException {
        if (!"https".equals(url.getProtocol())) {
          throw new IOException("the authority names " + url + ", which is not https");
        }
        super.sendRequest(session, url, request);
        if (lastResponse != null && lastResponse.statusCode() >= 400) {
          noteRetry();
        }
      }

      private void noteRetry() {
        try {
          getRetryAfter().ifPresent(at -> retryAt = at);
        } catch (AcmeProtocolException | DateTimeException | ArithmeticException e) {
          retryAt = null; // a header that says nothing
        }
      }
    };
  }
}
