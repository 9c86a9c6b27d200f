package dev.doorward.agent.bridge;

import dev.doorward.common.mcp.McpMessage;
import dev.doorward.common.mcp.McpPeek;
import dev.doorward.common.mcp.MessageId;
import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Problem;
import dev.doorward.common.outcome.Reason;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/** A session with a line to the server of its own, so that what the server asks can be answered. */
final class OwnSession extends Session implements Conversation.Listener {
  private static final int MOST_ASKED = 64;

  private final LinePool pool;
  private final Conversation conversation;
  private final Consumer<Session> onEnd;
  private final Set<MessageId> asked = new HashSet<>();
  private volatile boolean established;

  /** A session; {@code onEnd} is told when its line has ended. */
  OwnSession(
      String id,
      Caller caller,
      BridgeSettings settings,
      LinePool pool,
      McpPeek peek,
      LongSupplier nanoTime,
      Consumer<Session> onEnd) {
    super(id, caller, settings.headTimeout(), nanoTime);
    this.pool = pool;
    this.conversation = new Conversation(peek, BridgeSettings.OPEN_REQUESTS, this);
    this.onEnd = onEnd;
  }

  /** Opens the line and passes initialize on; the session is there when the server says so. */
  void begin(
      Envelope initialize,
      CallReply reply,
      BridgeSettings settings,
      ScheduledExecutorService timer) {
    switch (pool.open(conversation)) {
      case Outcome.Failed<ServerLine>(Problem problem) -> {
        reply.fail(problem.reason());
        onEnd.accept(this);
      }
      case Outcome.Ok<ServerLine>(ServerLine line) -> {
        conversation.over(line);
        timer.schedule(
            () -> late(reply), settings.limits().startTime().toMillis(), TimeUnit.MILLISECONDS);
        track(reply);
        if (conversation.ask(initialize, this, opening(reply)) == 0) {
          reply.fail(Reason.BACKEND_UNREACHABLE);
          end();
        }
      }
    }
  }

  private void late(CallReply reply) {
    if (!established && !isEnded()) {
      pool.failedForOne(new Problem(Reason.BACKEND_TIMEOUT, "it was not ready in time"));
      reply.fail(Reason.BACKEND_TIMEOUT);
      end();
    }
  }

  private Sink opening(CallReply reply) {
    return new Sink() {
      @Override
      public void before(byte[] json) {}

      @Override
      public void answer(byte[] answer, int errorCode) {
        if (errorCode == 0) {
          established = true;
          pool.worked();
          reply.session(id());
        }
        reply.answer(answer, errorCode);
        if (errorCode != 0) {
          end();
        }
      }

      @Override
      public void lost(String request, Reason reason) {
        reply.fail(reason);
      }
    };
  }

  @Override
  void request(Envelope request, CallReply reply) {
    if (conversation.ask(request, this, reply) == 0) {
      reply.lost(
          request.text(request.id()), isEnded() ? Reason.BACKEND_ABORTED : Reason.OVERLOADED);
    }
  }

  @Override
  void inform(Envelope message) {
    switch (message.message()) {
      case McpMessage.Notification(String method, var _) -> {
        if (method.equals("notifications/cancelled")) {
          conversation.cancelled(this, message);
        } else {
          conversation.tell(message.json());
        }
      }
      case McpMessage.Response response -> {
        if (wasAsked(response.id())) {
          conversation.tell(message.json());
        }
      }
      case McpMessage.Request _, McpMessage.Batch _ -> {}
    }
  }

  private boolean wasAsked(@org.jspecify.annotations.Nullable MessageId id) {
    synchronized (asked) {
      return id != null && asked.remove(id);
    }
  }

  @Override
  public void onNotification(Envelope notification) {
    unrelated(notification.json());
  }

  @Override
  public void onRequest(Envelope request) {
    if (!(request.message() instanceof McpMessage.Request named)) {
      return;
    }
    boolean taken;
    synchronized (asked) {
      taken = asked.size() < MOST_ASKED && asked.add(named.id());
    }
    if (taken) {
      ask(request.json());
    } else {
      conversation.tell(
          Messages.error(
              named.id().json(), Messages.INTERNAL_ERROR, "The client has too much to answer."));
    }
  }

  @Override
  public void onEnd(Reason reason, String text) {
    if (!established && !isEnded()) {
      pool.failedForOne(new Problem(reason, text));
    }
    end();
    onEnd.accept(this);
  }

  @Override
  void release() {
    conversation.stop();
  }
}
