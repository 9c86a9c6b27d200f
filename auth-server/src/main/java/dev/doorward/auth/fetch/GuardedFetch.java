package dev.doorward.auth.fetch;

import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Reason;
import dev.doorward.config.value.HostName;
import java.io.Closeable;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The fetch that a stranger cannot turn against the networks that this machine can reach.
 *
 * <ul>
 *   <li>https to a DNS name, on port 443 or one that the operator allowed; never to an address.
 *   <li>The name is looked up once. Every address of it must be public unicast, else nothing is
 *       sent anywhere; the connection goes to one of those very addresses.
 *   <li>TLS is verified for the name. No proxy, no redirect, no cookie, no credentials.
 *   <li>One time limit for everything, one size, a bounded number at a time.
 * </ul>
 *
 * <p>Whoever asked learns only that it did not work; the log has why.
 */
public final class GuardedFetch implements DocumentFetch {
  private static final Logger log = LoggerFactory.getLogger(GuardedFetch.class);
  private static final int MOST_ADDRESSES = 4;
  private static final Pattern JSON =
      Pattern.compile("(?i)application/(?:[a-z0-9.-]{1,64}\\+)?json");
  private static final Outcome<Document> UNAVAILABLE =
      Outcome.failed(
          Reason.CLIENT_DOCUMENT_UNAVAILABLE,
          "The document that describes this app cannot be fetched from the public internet. Try"
              + " again in a minute; if it stays so, tell the makers of the app.");
  private static final Outcome<Document> BUSY =
      Outcome.failed(
          Reason.OVERLOADED, "Too many apps are being looked up at the moment. Try again.");

  private final FetchLimits limits;
  private final NameResolver resolver;
  private final Dialler dialler;
  private final SSLContext tls;
  private final Semaphore room;

  /** Where a URL leads. */
  private record Target(String host, int port, String path) {
    String authority() {
      return port == 443 ? host : host + ":" + port;
    }
  }

  /** The socket of a fetch, closed from outside when its time is up. */
  private static final class Line implements Closeable {
    private @Nullable Socket socket;
    private boolean closed;

    synchronized void hold(Socket opened) throws IOException {
      if (closed) {
        opened.close();
        throw new IOException("out of time");
      }
      socket = opened;
    }

    @Override
    public synchronized void close() throws IOException {
      closed = true;
      if (socket != null) {
        socket.close();
      }
    }
  }

  /** A fetch with a resolver, a dialler and trusted roots of the caller's choice. */
  public GuardedFetch(FetchLimits limits, NameResolver resolver, Dialler dialler, SSLContext tls) {
    this.limits = limits;
    this.resolver = resolver;
    this.dialler = dialler;
    this.tls = tls;
    this.room = new Semaphore(limits.atATime());
  }

  /** A fetch over the network of this machine. */
  public static GuardedFetch overTheInternet(FetchLimits limits) {
    try {
      return new GuardedFetch(
          limits, NameResolver.system(), Dialler.direct(), SSLContext.getDefault());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has a default TLS context", e);
    }
  }

  @Override
  public Outcome<Document> get(URI url) {
    Optional<Target> target = target(url);
    if (target.isEmpty()) {
      return failed(String.valueOf(url.getHost()), "the URL may not be fetched");
    }
    if (!room.tryAcquire()) {
      return BUSY;
    }
    String host = target.get().host();
    var line = new Line();
    var task =
        new FutureTask<>(() -> {
          try {
            return fetch(target.get(), line);
          } finally {
            close(line);
            room.release();
          }
        });
    Thread.ofVirtual().name("fetch").start(task);
    try {
      return task.get(limits.timeout().toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      close(line);
      return failed(host, "it took longer than " + limits.timeout().toMillis() + " ms");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      close(line);
      return UNAVAILABLE;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof IOException broken) {
        return failed(host, broken.toString());
      }
      throw new IllegalStateException("a fetch fell over", e.getCause());
    }
  }

  private Optional<Target> target(URI url) {
    String host = url.getHost() == null ? "" : url.getHost().toLowerCase(Locale.ROOT);
    int port = url.getPort() < 0 ? 443 : url.getPort();
    boolean fits =
        "https".equals(url.getScheme())
            && url.getRawUserInfo() == null
            && limits.ports().contains(port)
            && HostName.parse(host).isPresent()
            && (host.indexOf('.') > 0 || limits.privateHosts().contains(host));
    String path = url.getRawPath() == null || url.getRawPath().isEmpty() ? "/" : url.getRawPath();
    String query = url.getRawQuery() == null ? "" : "?" + url.getRawQuery();
    return fits ? Optional.of(new Target(host, port, path + query)) : Optional.empty();
  }

  private Outcome<Document> fetch(Target target, Line line) throws IOException {
    List<InetAddress> addresses = resolver.resolve(target.host());
    boolean allowed =
        limits.privateHosts().contains(target.host())
            || addresses.stream().allMatch(PublicAddress::is);
    if (addresses.isEmpty() || !allowed) {
      return failed(target.host(), "not every address of it is public");
    }
    Socket raw = connect(addresses, target.port());
    line.hold(raw);
    try (SSLSocket socket = secure(raw, target)) {
      socket
          .getOutputStream()
          .write(
              ("GET "
                      + target.path()
                      + " HTTP/1.1\r\nHost: "
                      + target.authority()
                      + "\r\nAccept: application/json\r\nAccept-Encoding: identity"
                      + "\r\nUser-Agent: Doorward\r\nConnection: close\r\n\r\n")
                  .getBytes(StandardCharsets.US_ASCII));
      return judge(target.host(), HttpAnswer.read(socket.getInputStream(), limits.size()));
    }
  }

  /** The first of the addresses that answers: some machines have no way to IPv6. */
  private Socket connect(List<InetAddress> addresses, int port) throws IOException {
    List<InetAddress> tried = addresses.subList(0, Math.min(addresses.size(), MOST_ADDRESSES));
    Duration patience = limits.timeout().dividedBy(tried.size());
    IOException last = new IOException("no address");
    for (InetAddress address : tried) {
      try {
        return dialler.connect(address, port, patience);
      } catch (IOException e) {
        last = e;
      }
    }
    throw last;
  }

  private SSLSocket secure(Socket raw, Target target) throws IOException {
    var socket =
        (SSLSocket) tls.getSocketFactory().createSocket(raw, target.host(), target.port(), true);
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    parameters.setApplicationProtocols(new String[] {"http/1.1"});
    socket.setSSLParameters(parameters);
    socket.startHandshake();
    return socket;
  }

  private static Outcome<Document> judge(String host, HttpAnswer answer) {
    if (answer.status() != 200) {
      return failed(host, "it answered " + answer.status());
    }
    String type = answer.header("content-type").orElse("").split(";", 2)[0].strip();
    if (!JSON.matcher(type).matches()) {
      return failed(host, "it is not application/json");
    }
    if (answer.headers().containsKey("content-encoding")) {
      return failed(host, "it is compressed");
    }
    return Outcome.ok(new Document(answer.body(), Freshness.of(answer::header)));
  }

  private static Outcome<Document> failed(String host, String why) {
    log.atInfo()
        .addKeyValue("event", "fetch_failed")
        .addKeyValue("reason", Reason.CLIENT_DOCUMENT_UNAVAILABLE.code())
        .addKeyValue("host", host)
        .addKeyValue("cause", why)
        .log("a document could not be fetched");
    return UNAVAILABLE;
  }

  private static void close(Line line) {
    try {
      line.close();
    } catch (IOException e) {
      log.atDebug().addKeyValue("event", "socket_not_closed").setCause(e).log();
    }
  }
}
