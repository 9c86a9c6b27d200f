package dev.doorward.auth.enterprise;

import dev.doorward.config.edge.EnterpriseConfig;
import dev.doorward.config.value.HttpUrl;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where the keys of an identity provider come from: a file, or a URL that the operator wrote. */
public final class KeySource {
  private static final Logger LOG = LoggerFactory.getLogger(KeySource.class);
  private static final int MOST_BYTES = 256 * 1024;
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private KeySource() {}

  /** The source that {@code config} names; no redirects, 5 seconds, 256 KiB. */
  public static Supplier<Optional<String>> of(EnterpriseConfig config) {
    return config
        .jwks()
        .<Supplier<Optional<String>>>map(file -> () -> read(file))
        .orElseGet(() -> {
          HttpUrl url = config.jwksUrl().orElseThrow();
          return () -> fetch(url);
        });
  }

  private static Optional<String> read(Path file) {
    try {
      return Files.size(file) > MOST_BYTES
          ? failed(file.toString(), "too large")
          : Optional.of(Files.readString(file));
    } catch (IOException e) {
      return failed(file.toString(), e.getClass().getSimpleName());
    }
  }

  private static Optional<String> fetch(HttpUrl url) {
    HttpRequest request =
        HttpRequest.newBuilder(url.uri())
            .timeout(PATIENCE)
            .header("Accept", "application/jwk-set+json, application/json")
            .build();
    try (HttpClient client =
        HttpClient.newBuilder()
            .connectTimeout(PATIENCE)
            .followRedirects(HttpClient.Redirect.NEVER)
            .build()) {
      HttpResponse<InputStream> answer = client.send(request, BodyHandlers.ofInputStream());
      try (InputStream body = answer.body()) {
        byte[] bytes = body.readNBytes(MOST_BYTES + 1);
        client.shutdownNow();
        return answer.statusCode() == 200 && bytes.length <= MOST_BYTES
            ? Optional.of(new String(bytes, StandardCharsets.UTF_8))
            : failed(url.toString(), "status " + answer.statusCode() + " or too large");
      }
    } catch (IOException e) {
      return failed(url.toString(), e.getClass().getSimpleName());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return failed(url.toString(), "interrupted");
    }
  }

  private static Optional<String> failed(String where, String why) {
    LOG.atWarn()
        .addKeyValue("event", "provider_keys_unavailable")
        .addKeyValue("source", where)
        .addKeyValue("cause", why)
        .log("the keys of an identity provider cannot be read");
    return Optional.empty();
  }
}
