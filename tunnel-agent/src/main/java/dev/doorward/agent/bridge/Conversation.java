package dev.doorward.agent.bridge;

import dev.doorward.common.mcp.McpMessage;
import dev.doorward.common.mcp.McpPeek;
import dev.doorward.common.mcp.MessageId;
import dev.doorward.common.outcome.Reason;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The messages to and from one server. Each request of a client goes out under a number of the
 * conversation's own, and so does its progress token, so that however many clients share the
 * server, an answer, a progress notice or a subscription's notice finds the one who asked and
 * nobody else. Safe on any thread.
 */
final class Conversation implements ServerLine.Listener {
  private static final Logger log = LoggerFactory.getLogger(Conversation.class);
  private static final int LOGGED_CHARS = 200;

  /** What concerns no single request. */
  interface Listener {
    /** A notification. */
    void onNotification(Envelope notification);

    /** A request of the server's; answer it with {@link Conversation#tell}. */
    void onRequest(Envelope request);

    /** The line has ended; the open requests are told after this. */
    void onEnd(Reason reason, String text);
  }

  private record Pending(String id, String token, Object owner, MessageId named, Sink sink) {}

  private final McpPeek peek;
  private final int most;
  private final Listener listener;
  private final Map<Long, Pending> pending = new HashMap<>();
  private @Nullable ServerLine line;
  private long last;
  private boolean ended;

  /**
   * A conversation without a line yet.
   *
   * @param most requests that may be open at a time
   */
  Conversation(McpPeek peek, int most, Listener listener) {
    this.peek = peek;
    this.most = most;
    this.listener = listener;
  }

  /** It goes over {@code opened}. */
  synchronized void over(ServerLine opened) {
    line = opened;
  }

  /** Ends the line. */
  void stop() {
    ServerLine current;
    synchronized (this) {
      current = line;
    }
    if (current != null) {
      current.stop();
    }
  }

  /**
   * Asks what a client asks; returns the number it has here, or 0 where nothing was sent, and then
   * the sink hears nothing.
   *
   * @param owner whose ids the request's id is one of
   */
  long ask(Envelope request, Object owner, Sink sink) {
    if (!(request.message() instanceof McpMessage.Request named)) {
      throw new IllegalArgumentException("not a request");
    }
    synchronized (this) {
      if (ended || line == null || pending.size() >= most) {
        return 0;
      }
      long number = ++last;
      String text = Long.toString(number);
      byte[] sent =
          request.with(
              new Envelope.Edit(request.id(), text), new Envelope.Edit(request.token(), text));
      pending.put(
          number,
          new Pending(
              request.text(request.id()), request.text(request.token()), owner, named.id(), sink));
      if (line.send(sent)) {
        return number;
      }
      pending.remove(number);
      return 0;
    }
  }

  /** Asks something of the bridge's own; false where nothing was sent. */
  synchronized boolean ask(String method, String params, Sink sink) {
    if (ended || line == null) {
      return false;
    }
    long number = ++last;
    pending.put(
        number,
        new Pending(
            Long.toString(number), "", this, new MessageId(Long.toString(number), true), sink));
    if (line.send(Messages.request(number, method, params))) {
      return true;
    }
    pending.remove(number);
    return false;
  }

  /** Sends a message as it is; false where it was not. */
  synchronized boolean tell(byte[] message) {
    return !ended && line != null && line.send(message);
  }

  /** Passes on that {@code owner} no longer wants the answer to what it asked as {@code id}. */
  synchronized void cancelled(Object owner, Envelope notification) {
    String id = notification.text(notification.requestId());
    for (Map.Entry<Long, Pending> each : pending.entrySet()) {
      if (each.getValue().owner().equals(owner) && each.getValue().id().equals(id)) {
        tell(
            notification.with(
                new Envelope.Edit(notification.requestId(), Long.toString(each.getKey()))));
        return;
      }
    }
  }

  /** Nobody waits for the answer to a request any more. */
  synchronized void forget(long number) {
    pending.remove(number);
  }

  /** The same, and the server is told. */
  synchronized void cancel(long number) {
    if (pending.remove(number) != null) {
      tell(
          Messages.notification(
              "notifications/cancelled",
              "{\"requestId\":" + number + ",\"reason\":\"The client has gone.\"}"));
    }
  }

  /** How many requests are open. */
  synchronized int open() {
    return pending.size();
  }

  @Override
  public void onMessage(byte[] json) {
    if (json.length == 0) {
      return;
    }
    switch (Envelope.read(peek, json)) {
      case Envelope.Read.Refused(Reason reason) -> {
        if (log.isDebugEnabled()) {
          log.atDebug()
              .addKeyValue("event", "server_line_ignored")
              .addKeyValue("reason", reason)
              .log("{}", shown(json));
        }
      }
      case Envelope.Read.Messages(List<Envelope> all, boolean _) -> all.forEach(this::take);
    }
  }

  private static String shown(byte[] json) {
    String text = new String(json, 0, Math.min(json.length, LOGGED_CHARS), StandardCharsets.UTF_8);
    return text.replaceAll("\\p{Cntrl}", " ");
  }

  private void take(Envelope envelope) {
    switch (envelope.message()) {
      case McpMessage.Response response -> answered(envelope, response);
      case McpMessage.Notification notification -> notified(envelope, notification);
      case McpMessage.Request request -> {
        if (request.method().equals("ping")) {
          tell(Messages.result(request.id().json(), "{}"));
        } else {
          listener.onRequest(envelope);
        }
      }
      case McpMessage.Batch _ -> {}
    }
  }

  private void answered(Envelope envelope, McpMessage.Response response) {
    MessageId id = response.id();
    Pending asked;
    synchronized (this) {
      asked = id == null ? null : pending.remove(number(id.value()));
    }
    if (asked != null) {
      asked
          .sink()
          .answer(
              envelope.with(
                  new Envelope.Edit(envelope.id(), asked.id()),
                  new Envelope.Edit(envelope.resultSubscription(), asked.id())),
              envelope.errorCode());
    }
  }

  private void notified(Envelope envelope, McpMessage.Notification notification) {
    if (notification.method().equals("notifications/progress")) {
      Pending asked = pendingOf(envelope.text(envelope.token()));
      if (asked != null && !asked.token().isEmpty()) {
        asked.sink().before(envelope.with(new Envelope.Edit(envelope.token(), asked.token())));
      }
    } else if (envelope.subscription() != null) {
      Pending asked = pendingOf(envelope.text(envelope.subscription()));
      if (asked != null) {
        asked.sink().before(envelope.with(new Envelope.Edit(envelope.subscription(), asked.id())));
      }
    } else {
      listener.onNotification(envelope);
    }
  }

  private synchronized @Nullable Pending pendingOf(String json) {
    String text =
        json.length() > 2 && json.startsWith("\"") ? json.substring(1, json.length() - 1) : json;
    return pending.get(number(text));
  }

  /** A number of this conversation's, or 0. */
  private static long number(String text) {
    return text.matches("[1-9][0-9]{0,17}") ? Long.parseLong(text) : 0;
  }

  @Override
  public void onEnd(Reason reason, String text) {
    List<Pending> left;
    synchronized (this) {
      ended = true;
      left = new ArrayList<>(pending.values());
      pending.clear();
    }
    // First the listener: who hears that a call is lost may call again at once.
    listener.onEnd(reason, text);
    left.forEach(each -> each.sink().lost(each.id(), reason));
  }
}
