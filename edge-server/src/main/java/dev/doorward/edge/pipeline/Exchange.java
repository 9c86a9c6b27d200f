package dev.doorward.edge.pipeline;

import dev.doorward.common.outcome.Reason;
import dev.doorward.edge.reply.Reply;
import dev.doorward.edge.route.Route;
import dev.doorward.transport.http.AccessLog;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpResponse;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * One request and its answer. Either {@link #reply} is called once, or {@link #begin}, {@link
 * #write} and {@link #end} or {@link #abort}. What is called after the client has gone does nothing
 * but release. Everything on the loop of the client's connection.
 */
public final class Exchange {
  private static final ClientListener NOBODY =
      new ClientListener() {
        @Override
        public void onWritable() {}

        @Override
        public void onGone() {}
      };

  private final ExchangeHandler handler;
  private final ChannelHandlerContext ctx;
  private final HttpRequest request;
  private final String id;
  private final InetAddress remote;
  private final String protocol;
  private final String path;
  private final @Nullable String query;
  private final Route route;
  private final long startNanos;

  private ClientListener listener = NOBODY;
  private String subject = "";
  private String reason = "";
  private int status;
  private long bytesIn;
  private long bytesOut;
  private boolean ended;
  private @Nullable Object note;

  Exchange(
      ExchangeHandler handler,
      ChannelHandlerContext ctx,
      HttpRequest request,
      String id,
      InetAddress remote,
      String protocol,
      Route route) {
    this.handler = handler;
    this.ctx = ctx;
    this.request = request;
    this.id = id;
    this.remote = remote;
    this.protocol = protocol;
    this.route = route;
    String uri = request.uri();
    int question = uri.indexOf('?');
    this.path = question < 0 ? uri : uri.substring(0, question);
    this.query = question < 0 ? null : uri.substring(question + 1);
    this.startNanos = ctx.executor().ticker().nanoTime();
  }

  /** Identifier of the call, for the logs of edge and agent. */
  public String id() {
    return id;
  }

  public HttpMethod method() {
    return request.method();
  }

  /** Path without query, as it came. */
  public String path() {
    return path;
  }

  /** Query without question mark, as it came. */
  public @Nullable String query() {
    return query;
  }

  public HttpHeaders headers() {
    return request.headers();
  }

  public Route route() {
    return route;
  }

  public InetAddress remote() {
    return remote;
  }

  /** The loop on which everything about this exchange happens. */
  public EventLoop loop() {
    return ctx.channel().eventLoop();
  }

  /** Nanoseconds since the head came. */
  public long age() {
    return ctx.executor().ticker().nanoTime() - startNanos;
  }

  /** The clock of the loop in nanoseconds. */
  public long nanoTime() {
    return ctx.executor().ticker().nanoTime();
  }

  /** Whether an answer may still be given. */
  public boolean open() {
    return !ended;
  }

  /** Whether the client takes bytes at the moment. */
  public boolean isWritable() {
    return ctx.channel().isWritable();
  }

  /** Body bytes that were sent to the client. */
  public long bytesOut() {
    return bytesOut;
  }

  /** What the endpoint left for itself when it saw the head. */
  public @Nullable Object note() {
    return note;
  }

  /** Leaves something for the endpoint itself, for when the request is whole. */
  public void note(Object left) {
    this.note = left;
  }

  /** Who is told about the client from now on. */
  public void listener(ClientListener listener) {
    this.listener = listener;
  }

  /** For the access log: who was recognised. */
  public void subject(String subject) {
    this.subject = subject;
  }

  /** For the access log: why something was refused or failed. */
  public void reason(Reason reason) {
    this.reason = reason.code();
  }

  /** The head of the request, to be read only. */
  public HttpRequest request() {
    return request;
  }

  void received(int bytes) {
    bytesIn += bytes;
  }

  /** Answers at once and ends the exchange. */
  public void reply(Reply reply) {
    if (ended) {
      return;
    }
    if (reply.reason() != null) {
      reason(reply.reason());
    }
    handler.reply(this, reply);
  }

  void send(Reply reply) {
    status = reply.status().code();
    boolean head = HttpMethod.HEAD.equals(method());
    HttpHeaders headers = reply.headers();
    if (status != HttpResponseStatus.NO_CONTENT.code()) {
      headers.set(HttpHeaderNames.CONTENT_LENGTH, reply.body().length);
    }
    ByteBuf body = head ? Unpooled.EMPTY_BUFFER : Unpooled.wrappedBuffer(reply.body());
    bytesOut = body.readableBytes();
    ctx.writeAndFlush(
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1, reply.status(), body, headers, EmptyHttpHeaders.INSTANCE));
    finish();
  }

  /** Sends the head of an answer; not flushed. */
  public void begin(HttpResponseStatus status, HttpHeaders headers) {
    if (ended) {
      return;
    }
    this.status = status.code();
    ctx.write(new DefaultHttpResponse(HttpVersion.HTTP_1_1, status, headers));
  }

  /** Sends bytes of the answer's body; takes ownership; not flushed. */
  public void write(ByteBuf data) {
    if (ended || HttpMethod.HEAD.equals(method())) {
      data.release();
      return;
    }
    bytesOut += data.readableBytes();
    ctx.write(new DefaultHttpContent(data));
  }

  /** Sends a whole answer at once, which ends the exchange; takes ownership of {@code data}. */
  public void whole(HttpResponseStatus line, HttpHeaders headers, ByteBuf data) {
    if (ended) {
      data.release();
      return;
    }
    status = line.code();
    bytesOut = data.readableBytes();
    ctx.writeAndFlush(
        new DefaultFullHttpResponse(
            HttpVersion.HTTP_1_1, line, data, headers, EmptyHttpHeaders.INSTANCE));
    finish();
  }

  /** Sends what was written. */
  public void flush() {
    if (!ended) {
      ctx.flush();
    }
  }

  /** Ends the answer, and sends it. */
  public void end() {
    if (!ended) {
      ctx.writeAndFlush(LastHttpContent.EMPTY_LAST_CONTENT);
      finish();
    }
  }

  /** Breaks the answer off so that the client sees that it is not whole. */
  public void abort(Reason why) {
    if (!ended) {
      reason(why);
      finish();
      ctx.channel().close();
    }
  }

  void writable() {
    listener.onWritable();
  }

  void gone() {
    if (!ended) {
      finish();
      listener.onGone();
    }
  }

  private void finish() {
    ended = true;
    handler.ended(this);
    AccessLog.write(
        new AccessLog.Entry(
            id,
            remote.getHostAddress(),
            protocol,
            request.method().name(),
            path,
            status,
            bytesIn,
            bytesOut,
            age() / 1000,
            subject,
            reason));
  }
}
