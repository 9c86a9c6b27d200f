package dev.doorward.agent.bridge;

import dev.doorward.agent.connect.HttpConnector;
import dev.doorward.common.identity.ServiceName;
import dev.doorward.common.mcp.SseEvent;
import dev.doorward.common.mcp.SseParser;
import dev.doorward.common.outcome.Reason;
import dev.doorward.config.value.HttpUrl;
import dev.doorward.transport.link.AgentCall;
import dev.doorward.transport.link.AgentReply;
import dev.doorward.transport.link.CallHead;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.HttpHeaders;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Locale;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * An event stream of a server of 2024-11-05, and the POSTs that go with it (2024-11-05,
 * basic/transports, HTTP with SSE). The server names where they go in its first event; that must be
 * at the very origin of the stream. Messages are posted one after the other. All on one loop.
 */
final class SseLine implements ServerLine {
  private static final int MOST_WAITING = 1_000;

  private final ServiceName service;
  private final HttpConnector connector;
  private final int most;
  private final Listener listener;
  private final EventLoop loop;
  private final SseParser parser;
  private final Queue<byte[]> waiting = new ArrayDeque<>();
  private final AtomicLong queued = new AtomicLong();
  private @Nullable AgentCall stream;
  private @Nullable HttpConnector endpoint;
  private Optional<String> query = Optional.empty();
  private boolean posting;
  private volatile boolean ended;

  SseLine(ServiceName service, HttpConnector connector, int most, Listener listener) {
    this.service = service;
    this.connector = connector;
    this.most = most;
    this.listener = listener;
    this.loop = connector.loop();
    this.parser = SseParser.events(most, this::onEvent);
  }

  void open() {
    loop.execute(() -> {
      HttpHeaders headers = headers();
      headers.set("accept", "text/event-stream");
      headers.set("cache-control", "no-store");
      stream = connector.ask(head("GET", Optional.empty(), true), headers, new StreamReply());
    });
  }

  private static HttpHeaders headers() {
    return DefaultHttpHeadersFactory.headersFactory().newHeaders();
  }

  private CallHead head(String method, Optional<String> asked, boolean whole) {
    return new CallHead("line", service, method, asked, "", headers(), whole);
  }

  @Override
  public boolean send(byte[] message) {
    if (ended || queued.get() >= MOST_WAITING || message.length > most) {
      return false;
    }
    queued.incrementAndGet();
    loop.execute(() -> {
      waiting.add(message);
      post();
    });
    return true;
  }

  @Override
  public void stop() {
    loop.execute(() -> end(Reason.SHUTTING_DOWN, "it was stopped"));
  }

  private void post() {
    HttpConnector to = endpoint;
    byte[] message = posting || to == null || ended ? null : waiting.poll();
    if (to == null || message == null) {
      return;
    }
    posting = true;
    queued.decrementAndGet();
    HttpHeaders headers = headers();
    headers.set("content-type", "application/json");
    headers.set("content-length", message.length);
    AgentCall call = to.ask(head("POST", query, false), headers, new PostReply());
    call.onData(Unpooled.wrappedBuffer(message));
    call.onReadComplete();
    call.onEnd();
  }

  private void onEvent(SseEvent event) {
    if (ended) {
      return;
    }
    switch (event.type()) {
      case "endpoint" -> onEndpoint(event.data());
      case "message" -> listener.onMessage(event.data().getBytes(StandardCharsets.UTF_8));
      default -> {}
    }
  }

  private void onEndpoint(String named) {
    Optional<URI> uri = within(connector.url(), named);
    if (endpoint != null || uri.isEmpty()) {
      end(Reason.BACKEND_PROTOCOL_VIOLATION, "it named an endpoint that is not its own");
      return;
    }
    query = Optional.ofNullable(uri.get().getRawQuery());
    HttpUrl.parse(bare(uri.get())).ifPresent(url -> endpoint = connector.at(url));
    post();
  }

  /** The URI that a server names, where it is one at the origin of {@code stream}. */
  static Optional<URI> within(HttpUrl stream, String named) {
    try {
      URI uri = stream.uri().resolve(new URI(named.strip()));
      Optional<HttpUrl> url = HttpUrl.parse(bare(uri));
      return url.isPresent()
              && uri.getRawUserInfo() == null
              && url.get().secure() == stream.secure()
              && url.get().host().equals(stream.host())
              && url.get().port() == stream.port()
          ? Optional.of(uri)
          : Optional.empty();
    } catch (java.net.URISyntaxException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static String bare(URI uri) {
    String path = uri.getRawPath() == null || uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
    return uri.getScheme() + "://" + uri.getRawAuthority() + path;
  }

  private void end(Reason reason, String text) {
    if (ended) {
      return;
    }
    ended = true;
    waiting.clear();
    AgentCall open = stream;
    if (open != null) {
      open.onCancelled();
    }
    HttpConnector posts = endpoint;
    if (posts != null) {
      posts.close();
    }
    listener.onEnd(reason, text);
  }

  /** What both kinds of answers have in common. */
  private abstract class Reply implements AgentReply {
    @Override
    public EventLoop eventLoop() {
      return loop;
    }

    @Override
    public void flush() {}

    @Override
    public boolean isWritable() {
      return true;
    }

    @Override
    public void read(boolean on) {}

    @Override
    public void fail(Reason reason) {
      SseLine.this.end(reason, "its event stream or a POST to it failed");
    }
  }

  private final class StreamReply extends Reply {
    @Override
    public void head(int status, HttpHeaders headers) {
      String type = String.valueOf(headers.get("content-type")).toLowerCase(Locale.ROOT);
      if (status != 200 || !type.startsWith("text/event-stream")) {
        SseLine.this.end(
            Reason.BACKEND_PROTOCOL_VIOLATION, "it answered " + status + " and no event stream");
      }
    }

    @Override
    public void data(ByteBuf data) {
      try {
        if (!ended && parser.feed(data.nioBuffer()).isPresent()) {
          SseLine.this.end(
              Reason.BACKEND_PROTOCOL_VIOLATION, "its event stream is malformed or too large");
        }
      } finally {
        data.release();
      }
    }

    @Override
    public void end() {
      SseLine.this.end(Reason.BACKEND_ABORTED, "it ended its event stream");
    }
  }

  private final class PostReply extends Reply {
    @Override
    public void head(int status, HttpHeaders headers) {
      posting = false;
      if (status < 200 || status > 299) {
        SseLine.this.end(Reason.BACKEND_ABORTED, "it answered a message with " + status);
      } else {
        post();
      }
    }

    @Override
    public void data(ByteBuf data) {
      data.release(); // 2024-11-05: the answer comes on the stream
    }

    @Override
    public void end() {}
  }
}
