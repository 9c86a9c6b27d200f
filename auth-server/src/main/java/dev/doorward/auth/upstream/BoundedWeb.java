package dev.doorward.auth.upstream;

import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;

/**
 * Asks over this machine's network: no redirect, no proxy, no cookie, 10 seconds from the first
 * byte to the last, 512 KiB, 16 at a time. Private addresses are fine here: the operator named the
 * provider.
 */
public final class BoundedWeb implements Web, AutoCloseable {
  private static final Duration CONNECT = Duration.ofSeconds(5);
  private static final int MAX_BODY = 512 * 1024;
  private static final int AT_A_TIME = 16;

  private final HttpClient client;
  private final Duration whole;
  private final Semaphore room = new Semaphore(AT_A_TIME);

  /** A web with the usual limits. */
  public static BoundedWeb open() {
    return new BoundedWeb(Duration.ofSeconds(10));
  }

  /** A web that waits {@code whole} for an answer's last byte. */
  BoundedWeb(Duration whole) {
    this.whole = whole;
    this.client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NEVER)
            .connectTimeout(CONNECT)
            .proxy(HttpClient.Builder.NO_PROXY)
            .build();
  }

  @Override
  public Reply get(URI url, Map<String, String> headers) {
    return send(HttpRequest.newBuilder(url).GET(), headers);
  }

  @Override
  public Reply post(URI url, Map<String, String> headers, Map<String, String> form) {
    String body =
        form.entrySet().stream()
            .map(e -> encoded(e.getKey()) + "=" + encoded(e.getValue()))
            .collect(Collectors.joining("&"));
    return send(
        HttpRequest.newBuilder(url)
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(BodyPublishers.ofString(body)),
        headers);
  }

  private Reply send(HttpRequest.Builder request, Map<String, String> headers) {
    headers.forEach(request::header);
    request.header("User-Agent", "Doorward").timeout(whole);
    if (!room.tryAcquire()) {
      return new Reply.Lost("too many requests are on their way");
    }
    CompletableFuture<HttpResponse<byte[]>> answer =
        client.sendAsync(
            request.build(), BodyHandlers.limiting(BodyHandlers.ofByteArray(), MAX_BODY));
    try {
      HttpResponse<byte[]> got = answer.get(whole.toMillis(), TimeUnit.MILLISECONDS);
      Map<String, String> names = new HashMap<>();
      got.headers()
          .map()
          .forEach((name, values) -> names.put(name.toLowerCase(Locale.ROOT), values.getFirst()));
      return new Reply.Got(got.statusCode(), names, got.body());
    } catch (TimeoutException e) {
      answer.cancel(true);
      return new Reply.Lost("no answer within " + whole.toMillis() + " ms");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      answer.cancel(true);
      return new Reply.Lost("interrupted");
    } catch (ExecutionException e) {
      return new Reply.Lost(String.valueOf(e.getCause()));
    } finally {
      room.release();
    }
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    client.shutdownNow();
  }
}
