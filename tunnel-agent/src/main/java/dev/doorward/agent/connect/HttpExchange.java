package dev.doorward.agent.connect;

import dev.doorward.agent.dial.Dialled;
import dev.doorward.common.outcome.Problem;
import dev.doorward.common.outcome.Reason;
import dev.doorward.transport.link.AgentCall;
import dev.doorward.transport.link.AgentReply;
import dev.doorward.transport.link.CallHead;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.DefaultHttpContent;
import io.netty.handler.codec.http.DefaultHttpRequest;
import io.netty.handler.codec.http.DefaultLastHttpContent;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One call on its way to an MCP server and back. Everything on the loop of the link, which is the
 * loop of the backend connection too. The request is written at most once.
 */
final class HttpExchange implements AgentCall {
  private static final Duration KEEP = Duration.ofSeconds(4);
  private static final Duration KEEP_MOST = Duration.ofSeconds(55);
  private static final Pattern KEEP_ALIVE =
      Pattern.compile("(?i)(?:^|[,;\\s])timeout=([0-9]{1,5})");

  private final HttpConnector connector;
  private final CallHead from;
  private final HttpHeaders headers;
  private final AgentReply reply;
  private final Queue<ByteBuf> waiting = new ArrayDeque<>();
  private @Nullable Channel channel;
  private @Nullable HttpRequest head;
  private @Nullable ByteBuf held;
  private @Nullable ScheduledFuture<?> headDeadline;
  private boolean requestDone;
  private boolean answered;
  private boolean reusable;
  private boolean done;
  private long keepNanos = KEEP.toNanos();

  /** An exchange; {@code headers} are those that the server gets. */
  HttpExchange(HttpConnector connector, CallHead from, HttpHeaders headers, AgentReply reply) {
    this.connector = connector;
    this.from = from;
    this.headers = headers;
    this.reply = reply;
  }

  void start() {
    requestDone = from.whole();
    Channel idle = connector.pool(reply.eventLoop()).take();
    if (idle != null) {
      // What follows in the same read goes with the head in one write.
      attach(idle);
      return;
    }
    reply.read(false);
    connector.dial(reply.eventLoop(), this::dialled);
  }

  private void dialled(Dialled dialled) {
    if (dialled instanceof Dialled.Open(Channel open)) {
      attach(open);
      onReadComplete();
    } else if (BackendHealth.of(dialled, connector.backend())
        instanceof BackendHealth.Down(Problem problem)) {
      fail(problem.reason());
    }
  }

  private void attach(Channel open) {
    if (done) {
      connector.pool(reply.eventLoop()).put(open, keepNanos);
      return;
    }
    channel = open;
    open.pipeline().get(BackendHandler.class).assign(this);
    String target = connector.backend().target(from.query().orElse(""));
    head =
        new DefaultHttpRequest(
            HttpVersion.HTTP_1_1, HttpMethod.valueOf(from.method()), target, headers);
    for (ByteBuf data = waiting.poll(); data != null; data = waiting.poll()) {
      writeHeld(open);
      held = data;
    }
    if (requestDone) {
      finishRequest(open);
    }
    reply.read(open.isWritable());
  }

  /** Writes what was kept back for what may follow it. */
  private void writeHeld(Channel open) {
    HttpRequest first = head;
    if (first != null) {
      head = null;
      open.write(first);
    }
    ByteBuf data = held;
    if (data != null) {
      held = null;
      open.write(new DefaultHttpContent(data));
    }
  }

  private void finishRequest(Channel open) {
    HttpRequest first = head;
    ByteBuf last = held == null ? Unpooled.EMPTY_BUFFER : held;
    head = null;
    held = null;
    open.writeAndFlush(
        first == null
            ? new DefaultLastHttpContent(last)
            : new DefaultFullHttpRequest(
                HttpVersion.HTTP_1_1,
                first.method(),
                first.uri(),
                last,
                first.headers(),
                EmptyHttpHeaders.INSTANCE));
    if (!answered) {
      headDeadline =
          reply
              .eventLoop()
              .schedule(
                  () -> fail(Reason.BACKEND_TIMEOUT),
                  connector.backend().headTimeout().toMillis(),
                  TimeUnit.MILLISECONDS);
    }
  }

  @Override
  public void onData(ByteBuf data) {
    Channel open = channel;
    if (done) {
      data.release();
    } else if (open == null) {
      waiting.add(data);
    } else {
      writeHeld(open);
      held = data;
      if (!open.isWritable()) {
        writeHeld(open);
        open.flush();
        reply.read(open.isWritable());
      }
    }
  }

  @Override
  public void onReadComplete() {
    Channel open = channel;
    if (open != null && !done) {
      writeHeld(open);
      open.flush();
    }
  }

  @Override
  public void onEnd() {
    if (done || requestDone) {
      return;
    }
    requestDone = true;
    if (channel != null) {
      finishRequest(channel);
    }
  }

  @Override
  public void onWritable() {
    if (channel != null && !done) {
      channel.config().setAutoRead(true);
    }
  }

  @Override
  public void onCancelled() {
    letGo();
  }

  // What comes from the backend.

  void onAnswer(HttpResponse answer) {
    if (done) {
      return;
    }
    Reason refusal = answered ? Reason.BACKEND_PROTOCOL_VIOLATION : AnswerCheck.refusal(answer);
    if (refusal != null) {
      fail(refusal);
      return;
    }
    answered = true;
    stopDeadline();
    reusable = HttpUtil.isKeepAlive(answer) && hasLength(answer);
    keepNanos = keep(answer.headers());
    reply.head(answer.status().code(), ForwardHeaders.answer(answer.headers()));
  }

  private static boolean hasLength(HttpResponse answer) {
    int status = answer.status().code();
    return status == 204
        || status == 304
        || HttpUtil.isTransferEncodingChunked(answer)
        || answer.headers().contains(HttpHeaderNames.CONTENT_LENGTH);
  }

  /** A second less than the server says it keeps the connection (RFC 9112 appendix C.2.2). */
  private static long keep(HttpHeaders headers) {
    String said = headers.get("keep-alive");
    if (said != null) {
      Matcher timeout = KEEP_ALIVE.matcher(said);
      if (timeout.find()) {
        Duration keep = Duration.ofSeconds(Long.parseLong(timeout.group(1)) - 1);
        return (keep.compareTo(KEEP_MOST) < 0 ? keep : KEEP_MOST).toNanos();
      }
    }
    return KEEP.toNanos();
  }

  void onContent(HttpContent content) {
    if (done || !answered) {
      content.release();
      if (!done) {
        fail(Reason.BACKEND_PROTOCOL_VIOLATION);
      }
      return;
    }
    if (content.decoderResult().isFailure()) {
      content.release();
      fail(Reason.BACKEND_PROTOCOL_VIOLATION);
      return;
    }
    boolean last = content instanceof LastHttpContent;
    if (content.content().isReadable()) {
      reply.data(content.content());
    } else {
      content.release();
    }
    if (last) {
      finish();
    } else if (!reply.isWritable() && channel != null) {
      channel.config().setAutoRead(false);
    }
  }

  private void finish() {
    Channel open = channel;
    done = true;
    channel = null;
    ReferenceCountUtil.release(held);
    held = null;
    stopDeadline();
    if (open != null) {
      open.pipeline().get(BackendHandler.class).assign(null);
      open.config().setAutoRead(true);
      if (reusable && requestDone) {
        connector.pool(reply.eventLoop()).put(open, keepNanos);
      } else {
        open.close();
      }
    }
    reply.end();
  }

  void onAnswerRead() {
    if (!done) {
      reply.flush();
      if (!reply.isWritable() && channel != null) {
        channel.config().setAutoRead(false);
      }
    }
  }

  void onBackendWritable() {
    if (channel != null && !done) {
      reply.read(channel.isWritable());
    }
  }

  void onBackendClosed() {
    fail(answered ? Reason.BACKEND_ABORTED : Reason.BACKEND_UNREACHABLE);
  }

  private void fail(Reason reason) {
    if (!done) {
      letGo();
      reply.fail(reason);
    }
  }

  private void letGo() {
    done = true;
    stopDeadline();
    for (ByteBuf data = waiting.poll(); data != null; data = waiting.poll()) {
      data.release();
    }
    ReferenceCountUtil.release(held);
    held = null;
    head = null;
    Channel open = channel;
    if (open != null) {
      channel = null;
      open.pipeline().get(BackendHandler.class).assign(null);
      open.close();
    }
  }

  private void stopDeadline() {
    if (headDeadline != null) {
      headDeadline.cancel(false);
      headDeadline = null;
    }
  }
}
