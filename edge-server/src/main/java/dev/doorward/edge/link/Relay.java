package dev.doorward.edge.link;

import dev.doorward.common.mcp.SseParser;
import dev.doorward.common.outcome.Problem;
import dev.doorward.common.outcome.Reason;
import dev.doorward.common.token.AccessToken;
import dev.doorward.edge.pipeline.ClientListener;
import dev.doorward.edge.pipeline.Exchange;
import dev.doorward.edge.reply.Reply;
import dev.doorward.transport.link.LinkCall;
import dev.doorward.transport.link.LinkCallListener;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.util.concurrent.Future;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Carries a service's answer to the client: head at once, bytes as they come and as they are,
 * flushed read by read, at the pace of the slower side. Event streams get comments into their
 * silences, between events only. When the client goes, the call is cancelled or, where the revision
 * says that a disconnect is no cancellation, read to its end within bounds. Everything runs on the
 * client's loop.
 */
public final class Relay implements LinkCallListener, ClientListener {
  private static final ByteBuf COMMENT =
      Unpooled.unreleasableBuffer(
          Unpooled.copiedBuffer(": keep-alive\n\n", StandardCharsets.US_ASCII).asReadOnly());
  private static final Problem REFUSED_TYPE =
      new Problem(
          Reason.BACKEND_CONTENT_TYPE_REFUSED,
          "The service answered with a content type other than JSON or an event stream.");
  private static final Problem REFUSED_REDIRECT =
      new Problem(Reason.BACKEND_REDIRECT_REFUSED, "The service answered with a redirect.");
  private static final Problem TIMEOUT =
      new Problem(Reason.BACKEND_TIMEOUT, "The service did not answer in time.");
  private static final Problem VIOLATION =
      new Problem(
          Reason.BACKEND_PROTOCOL_VIOLATION, "The service answered with what is not valid HTTP.");

  private enum State {
    WAITING,
    MAYBE_EMPTY,
    STREAMING,
    ORPHANED,
    OVER
  }

  private final Exchange exchange;
  private final RelayPlan plan;
  private final RelayOwner owner;
  private final AccessToken token;
  private final boolean cancels;

  private State state = State.WAITING;
  private @Nullable LinkCall call;
  private Relayed.@Nullable Bodiless pending;
  private Relayed.@Nullable Head held;
  private @Nullable SseParser boundaries;
  private @Nullable Future<?> timer;
  private int status;
  private long declared = -1;
  private long bytes;
  private long lastWrite;
  private boolean paused;
  private boolean unflushed;
  private boolean greeted;

  /**
   * A relay to {@code exchange}.
   *
   * @param cancels whether the call ends when the client goes
   */
  public Relay(
      Exchange exchange, RelayPlan plan, AccessToken token, boolean cancels, RelayOwner owner) {
    this.exchange = exchange;
    this.plan = plan;
    this.token = token;
    this.cancels = cancels;
    this.owner = owner;
  }

  /** The call whose answer is relayed; false where it has failed in the opening. */
  public boolean opened(LinkCall opened) {
    if (state == State.OVER) {
      opened.cancel();
      return false;
    }
    call = opened;
    timer =
        exchange.loop().schedule(this::onNoHead, plan.headWithin().toNanos(), TimeUnit.NANOSECONDS);
    return true;
  }

  private void onNoHead() {
    if (state == State.WAITING || state == State.MAYBE_EMPTY) {
      refuse(TIMEOUT);
    }
  }

  /** On whose token the call runs. */
  public AccessToken token() {
    return token;
  }

  /** The exchange that is answered. */
  public Exchange exchange() {
    return exchange;
  }

  @Override
  public void onHead(int answered, HttpHeaders headers) {
    if (state != State.WAITING) {
      return;
    }
    switch (ResponseHygiene.apply(answered, headers)) {
      case Relayed.Head head -> begin(head);
      case Relayed.Bodiless bodiless -> {
        state = State.MAYBE_EMPTY;
        pending = bodiless;
      }
      case Relayed.Refused(Reason reason) ->
          refuse(
              reason == Reason.BACKEND_REDIRECT_REFUSED
                  ? REFUSED_REDIRECT
                  : reason == Reason.BACKEND_CONTENT_TYPE_REFUSED ? REFUSED_TYPE : VIOLATION);
    }
  }

  private void begin(Relayed.Head head) {
    state = State.STREAMING;
    stopTimer();
    status = head.status().code();
    owner.onHead(head.headers());
    declared = head.headers().getInt(HttpHeaderNames.CONTENT_LENGTH, -1);
    if (head.events() && !head.headers().contains(HttpHeaderNames.CONTENT_ENCODING)) {
      boundaries = SseParser.boundaries();
      lastWrite = exchange.nanoTime();
      watchSilence(plan.commentAfter().toNanos());
    }
    if (declared > 0 && !head.events()) {
      held = head; // its bytes are likely to come with it, and then go with it in one write
    } else {
      exchange.begin(head.status(), head.headers());
    }
    unflushed = true;
  }

  /** Sends the head that was held back. */
  private void letGo() {
    Relayed.Head head = held;
    if (head != null) {
      held = null;
      exchange.begin(head.status(), head.headers());
    }
  }

  @Override
  public void onData(ByteBuf data) {
    int length = data.readableBytes();
    bytes += length;
    switch (state) {
      case STREAMING -> stream(data, length);
      case MAYBE_EMPTY -> {
        data.release();
        if (length > 0) {
          refuse(REFUSED_TYPE);
        }
      }
      case ORPHANED -> {
        data.release();
        if (bytes > plan.orphanBytes()) {
          over(Reason.CLIENT_GONE, true);
        }
      }
      case WAITING, OVER -> data.release();
    }
  }

  private void stream(ByteBuf data, int length) {
    if (declared >= 0 && bytes > declared && !HttpMethod.HEAD.equals(exchange.method())) {
      data.release();
      exchange.abort(Reason.BACKEND_PROTOCOL_VIOLATION);
      over(Reason.BACKEND_PROTOCOL_VIOLATION, true);
      return;
    }
    if (boundaries != null && length > 0) {
      boundaries.feed(data.nioBuffer());
      lastWrite = exchange.nanoTime();
    }
    Relayed.Head head = held;
    if (head != null && length == declared && !HttpMethod.HEAD.equals(exchange.method())) {
      held = null;
      unflushed = false;
      exchange.whole(head.status(), head.headers(), data);
      return;
    }
    letGo();
    exchange.write(data);
    unflushed = true;
    if (!exchange.isWritable()) {
      exchange.flush();
      unflushed = false;
      pace();
    }
  }

  /** Reads on or not, by whether the client takes bytes. */
  private void pace() {
    LinkCall open = call;
    boolean pause = state == State.STREAMING && !exchange.isWritable();
    if (open != null && pause != paused) {
      paused = pause;
      open.read(!pause);
    }
  }

  @Override
  public void onReadComplete() {
    if (state != State.STREAMING) {
      return;
    }
    if (boundaries != null && bytes == 0 && !greeted) {
      greeted = true;
      comment(); // so that proxies and clients see the stream before its first event
    }
    if (unflushed) {
      unflushed = false;
      letGo();
      exchange.flush();
      pace();
    }
  }

  @Override
  public void onEnd() {
    switch (state) {
      case STREAMING -> {
        if (declared >= 0 && bytes < declared && !HttpMethod.HEAD.equals(exchange.method())) {
          exchange.abort(Reason.BACKEND_PROTOCOL_VIOLATION);
          over(Reason.BACKEND_PROTOCOL_VIOLATION, false);
        } else {
          letGo();
          exchange.end();
          over(null, false);
        }
      }
      case MAYBE_EMPTY -> {
        Relayed.Bodiless head = pending;
        if (head != null) {
          status = head.status().code();
          owner.onHead(head.headers());
          if (status != 204) {
            head.headers().set(HttpHeaderNames.CONTENT_LENGTH, 0);
          } else {
            head.headers().remove(HttpHeaderNames.CONTENT_LENGTH);
          }
          exchange.begin(head.status(), head.headers());
          exchange.end();
        }
        over(null, false);
      }
      case WAITING -> refuse(VIOLATION);
      case ORPHANED -> over(Reason.CLIENT_GONE, false);
      case OVER -> {
        // already told
      }
    }
  }

  @Override
  public void onFailure(Problem problem, boolean sent) {
    switch (state) {
      case WAITING -> {
        if (owner.onFailedBeforeHead(problem, sent)) {
          state = State.OVER;
        } else {
          answerFailure(problem);
          over(problem.reason(), false);
        }
      }
      case MAYBE_EMPTY -> {
        answerFailure(problem);
        over(problem.reason(), false);
      }
      case STREAMING -> {
        if (held != null) {
          held = null;
          answerFailure(problem);
        } else {
          exchange.abort(problem.reason());
        }
        over(problem.reason(), false);
      }
      case ORPHANED -> over(problem.reason(), false);
      case OVER -> {
        // already told
      }
    }
  }

  private void answerFailure(Problem problem) {
    var reply = FailureStatus.reply(problem);
    status = reply.status().code();
    owner.onHead(reply.headers());
    exchange.reply(reply);
  }

  private void refuse(Problem problem) {
    answerFailure(problem);
    over(problem.reason(), true);
  }

  /** Ends an event stream that is between two events as if the service had ended it. */
  public void endStream() {
    SseParser parser = boundaries;
    if (state == State.STREAMING
        && parser != null
        && parser.atBoundary()
        && !HttpMethod.POST.equals(exchange.method())) {
      exchange.end();
      over(Reason.SHUTTING_DOWN, true);
    }
  }

  /** Ends the relay for a reason of the gateway's own, such as a revocation. */
  public void cut(Reason reason) {
    switch (state) {
      case WAITING, MAYBE_EMPTY -> {
        Reply reply = owner.onCut(reason);
        status = reply.status().code();
        exchange.reply(reply);
      }
      case STREAMING -> exchange.abort(reason);
      case ORPHANED -> {
        // nobody to tell
      }
      case OVER -> {
        return;
      }
    }
    over(reason, true);
  }

  @Override
  public void onWritable() {
    pace();
  }

  @Override
  public void onGone() {
    if (state == State.OVER) {
      return;
    }
    stopTimer();
    if (cancels) {
      over(Reason.CLIENT_GONE, true);
      return;
    }
    state = State.ORPHANED;
    LinkCall open = call;
    if (open != null && paused) {
      open.read(true);
    }
    timer =
        exchange
            .loop()
            .schedule(
                () -> over(Reason.CLIENT_GONE, true),
                plan.orphanTime().toNanos(),
                TimeUnit.NANOSECONDS);
  }

  private void watchSilence(long nanos) {
    timer = exchange.loop().schedule(this::onSilence, nanos, TimeUnit.NANOSECONDS);
  }

  private void onSilence() {
    if (state != State.STREAMING) {
      return;
    }
    long left = lastWrite + plan.commentAfter().toNanos() - exchange.nanoTime();
    if (left > 0) {
      watchSilence(left);
      return;
    }
    if (exchange.isWritable()) {
      comment();
      exchange.flush();
    }
    watchSilence(plan.commentAfter().toNanos());
  }

  private void comment() {
    SseParser parser = boundaries;
    if (parser != null && parser.atBoundary()) {
      exchange.write(COMMENT.duplicate());
      lastWrite = exchange.nanoTime();
      unflushed = true;
    }
  }

  private void over(@Nullable Reason reason, boolean cancel) {
    if (state == State.OVER) {
      return;
    }
    state = State.OVER;
    stopTimer();
    LinkCall open = call;
    if (cancel && open != null) {
      open.cancel();
    }
    owner.onFinished(status, reason, bytes);
  }

  private void stopTimer() {
    if (timer != null) {
      timer.cancel(false);
      timer = null;
    }
  }
}
