package dev.doorward.agent.bridge;

import dev.doorward.common.mcp.McpHeaders;
import dev.doorward.common.outcome.Reason;
import dev.doorward.transport.link.AgentReply;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.HttpHeaders;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * The answer to one call: a JSON body where its answer comes soon and alone, an event stream where
 * something comes before it, or where it takes long. Safe on any thread; what it does, it does on
 * the call's loop, in the order it was told.
 */
final class CallReply implements Sink {
  private static final byte[] EVENT = "event: message\ndata: ".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] BREAK = "\n\n".getBytes(StandardCharsets.US_ASCII);

  /** How a call is over. */
  enum End {
    /** All of it was answered, or refused. */
    ANSWERED,
    /** The caller, or the link, has gone first. */
    GONE
  }

  private enum State {
    WAITING,
    EVENTS,
    DONE
  }

  private final AgentReply reply;
  private final boolean takesEvents;
  private final boolean modern;
  private final long mostHeld;
  private final CompletableFuture<End> over = new CompletableFuture<>();
  private final Queue<ByteBuf> held = new ArrayDeque<>();
  private final HttpHeaders more = DefaultHttpHeadersFactory.headersFactory().newHeaders();
  private State state = State.WAITING;
  private int answers = 1;
  private long heldBytes;

  /**
   * A reply.
   *
   * @param takesEvents whether the caller takes an event stream
   * @param modern whether errors of the protocol have an HTTP status of their own (2026-07-28)
   * @param mostHeld bytes that wait for a caller that does not read; then the call is ended
   */
  CallReply(AgentReply reply, boolean takesEvents, boolean modern, long mostHeld) {
    this.reply = reply;
    this.takesEvents = takesEvents;
    this.modern = modern;
    this.mostHeld = mostHeld;
  }

  /** Completes, on the loop, when nothing more can be said. */
  CompletableFuture<End> over() {
    return over;
  }

  private void onLoop(Runnable step) {
    if (reply.eventLoop().inEventLoop()) {
      step.run();
    } else {
      reply.eventLoop().execute(step);
    }
  }

  /** The answer names a session. */
  void session(String id) {
    onLoop(() -> more.set(McpHeaders.SESSION_ID, id));
  }

  /** Several requests came at once; their answers go on an event stream. */
  void expect(int several) {
    onLoop(() -> {
      answers = several;
      begin();
    });
  }

  /**
   * The answer may take long: after {@code patience} an event stream is begun, or, for a caller
   * that takes none, the call fails after {@code limit}.
   */
  void mayTake(Duration patience, Duration limit) {
    Duration wait = takesEvents ? patience : limit;
    reply
        .eventLoop()
        .schedule(
            () -> {
              if (state == State.WAITING) {
                if (takesEvents) {
                  begin();
                } else {
                  refuse(Reason.BACKEND_TIMEOUT);
                }
              }
            },
            wait.toMillis(),
            TimeUnit.MILLISECONDS);
  }

  /** Begins an event stream. */
  void events() {
    onLoop(this::begin);
  }

  private void begin() {
    if (state == State.WAITING) {
      state = State.EVENTS;
      head(200, "text/event-stream")
          .set("cache-control", "no-cache")
          .set("x-accel-buffering", "no");
      reply.head(200, more);
      reply.flush();
    }
  }

  private HttpHeaders head(int status, @Nullable String type) {
    if (type != null) {
      more.set("content-type", type);
    }
    if (status == 405) {
      more.set("allow", "POST");
    }
    return more;
  }

  @Override
  public void before(byte[] json) {
    onLoop(() -> {
      if (state == State.WAITING && takesEvents) {
        begin();
      }
      if (state == State.EVENTS) {
        event(EVENT, json);
      }
    });
  }

  /** An event of another type than message, as it is written. */
  void rawEvent(String text) {
    onLoop(() -> {
      if (state == State.EVENTS) {
        event(new byte[0], text.getBytes(StandardCharsets.UTF_8));
      }
    });
  }

  @Override
  public void answer(byte[] answer, int errorCode) {
    onLoop(() -> {
      switch (state) {
        case WAITING -> json(modern ? status(errorCode) : 200, answer);
        case EVENTS -> {
          event(EVENT, answer);
          oneLess();
        }
        case DONE -> {}
      }
    });
  }

  private static int status(int errorCode) {
    return switch (errorCode) {
      case Messages.METHOD_NOT_FOUND -> 404;
      case -32020, -32021, -32022 -> 400;
      default -> 200;
    };
  }

  @Override
  public void lost(String id, Reason reason) {
    onLoop(() -> {
      switch (state) {
        case WAITING -> refuse(reason);
        case EVENTS -> {
          event(EVENT, Messages.error(id, Messages.INTERNAL_ERROR, text(reason)));
          oneLess();
        }
        case DONE -> {}
      }
    });
  }

  private static String text(Reason reason) {
    return switch (reason) {
      case OVERLOADED -> "The MCP server has too much to do.";
      case SHUTTING_DOWN -> "The MCP server is being stopped.";
      case BACKEND_TIMEOUT -> "The MCP server took too long.";
      default -> "The MCP server ended before it answered.";
    };
  }

  private void oneLess() {
    if (--answers == 0) {
      end();
    }
  }

  /** Answers with a JSON body. */
  void json(int status, byte[] body) {
    onLoop(() -> {
      if (state == State.WAITING) {
        state = State.DONE;
        head(status, "application/json").set("content-length", body.length);
        reply.head(status, more);
        reply.data(Unpooled.wrappedBuffer(body));
        reply.end();
        reply.flush();
        over.complete(End.ANSWERED);
      }
    });
  }

  /** Answers without a body. */
  void empty(int status) {
    onLoop(() -> {
      if (state == State.WAITING) {
        state = State.DONE;
        head(status, null).set("content-length", 0);
        reply.head(status, more);
        reply.end();
        reply.flush();
        over.complete(End.ANSWERED);
      }
    });
  }

  /** Ends an event stream when what it holds is sent; a call without an answer fails. */
  void end() {
    onLoop(() -> {
      if (state == State.EVENTS && held.isEmpty()) {
        state = State.DONE;
        reply.end();
        reply.flush();
        over.complete(End.ANSWERED);
      } else if (state == State.EVENTS) {
        answers = 0; // the rest goes first
      } else {
        refuse(Reason.BACKEND_ABORTED);
      }
    });
  }

  /** Fails the call. */
  void fail(Reason reason) {
    onLoop(() -> refuse(reason));
  }

  private void refuse(Reason reason) {
    if (state != State.DONE) {
      letGo();
      reply.fail(reason);
      over.complete(End.ANSWERED);
    }
  }

  /** The caller has gone. On the loop. */
  void cancelled() {
    if (state != State.DONE) {
      letGo();
      over.complete(End.GONE);
    }
  }

  private void letGo() {
    state = State.DONE;
    held.forEach(ByteBuf::release);
    held.clear();
  }

  private void event(byte[] prefix, byte[] json) {
    ByteBuf event =
        Unpooled.wrappedBuffer(
            Unpooled.wrappedBuffer(prefix),
            Unpooled.wrappedBuffer(json),
            Unpooled.wrappedBuffer(BREAK));
    if (held.isEmpty() && reply.isWritable()) {
      reply.data(event);
      reply.flush();
      return;
    }
    heldBytes += event.readableBytes();
    held.add(event);
    if (heldBytes > mostHeld) {
      refuse(Reason.OVERLOADED);
    }
  }

  /** The caller reads again. On the loop. */
  void onWritable() {
    if (state != State.EVENTS) {
      return;
    }
    boolean sent = false;
    while (reply.isWritable() && !held.isEmpty()) {
      ByteBuf event = held.remove();
      heldBytes -= event.readableBytes();
      reply.data(event);
      sent = true;
    }
    if (sent) {
      reply.flush();
    }
    if (held.isEmpty() && answers == 0) {
      end();
    }
  }
}
