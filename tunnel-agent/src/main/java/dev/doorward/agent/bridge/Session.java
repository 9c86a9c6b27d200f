package dev.doorward.agent.bridge;

import dev.doorward.common.mcp.McpMessage;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.SequencedSet;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * A session of a client of a revision before 2026-07-28: the calls that are open, the stream for
 * what the server says unasked, and what waits for one. Nothing is sent on two streams. Safe on any
 * thread.
 */
abstract sealed class Session permits OwnSession, SharedSession {
  private static final int BACKLOG = 100;
  private static final long BACKLOG_BYTES = 1 << 20;

  private final String id;
  private final Caller caller;
  private final Duration headTimeout;
  private final LongSupplier nanoTime;
  private final SequencedSet<CallReply> open = new LinkedHashSet<>();
  private final Deque<byte[]> backlog = new ArrayDeque<>();
  private long backlogBytes;
  private @Nullable CallReply stream;
  private long lastUsed;
  private boolean ended;

  Session(String id, Caller caller, Duration headTimeout, LongSupplier nanoTime) {
    this.id = id;
    this.caller = caller;
    this.headTimeout = headTimeout;
    this.nanoTime = nanoTime;
    this.lastUsed = nanoTime.getAsLong();
  }

  String id() {
    return id;
  }

  boolean belongsTo(Caller other) {
    return caller.equals(other);
  }

  /** Passes a request on. */
  abstract void request(Envelope request, CallReply reply);

  /** Passes on what needs no answer. */
  abstract void inform(Envelope message);

  /** Lets go of what the session holds at the server. */
  abstract void release();

  /** Takes what came with one POST. */
  void post(Envelope.Read.Messages messages, CallReply reply) {
    List<Envelope> requests =
        messages.all().stream()
            .filter(each -> each.message() instanceof McpMessage.Request)
            .toList();
    track(requests.isEmpty() ? null : reply);
    if (messages.batch() && !requests.isEmpty()) {
      reply.expect(requests.size());
    } else if (!requests.isEmpty()) {
      reply.mayTake(BridgeSettings.PATIENCE, headTimeout);
    }
    for (Envelope each : messages.all()) {
      if (each.message() instanceof McpMessage.Request) {
        request(each, reply);
      } else {
        inform(each);
      }
    }
    if (requests.isEmpty()) {
      reply.empty(202);
    }
  }

  /** The session is in use as long as {@code reply} is open. */
  void track(@Nullable CallReply reply) {
    synchronized (this) {
      lastUsed = nanoTime.getAsLong();
      if (reply == null) {
        return;
      }
      open.add(reply);
    }
    reply.over().thenRun(() -> done(reply));
  }

  private synchronized void done(CallReply reply) {
    open.remove(reply);
    if (reply.equals(stream)) {
      stream = null;
    }
    lastUsed = nanoTime.getAsLong();
  }

  /** Makes {@code reply} the stream for what the server says unasked; an older one ends. */
  void stream(CallReply reply) {
    CallReply before;
    reply.events();
    synchronized (this) {
      lastUsed = nanoTime.getAsLong();
      before = stream;
      stream = reply;
      for (byte[] each = backlog.poll(); each != null; each = backlog.poll()) {
        reply.before(each);
      }
      backlogBytes = 0;
    }
    reply.over().thenRun(() -> done(reply));
    if (before != null) {
      before.end();
    }
    if (isEnded()) {
      reply.end();
    }
  }

  /** Sends a notification that concerns no single request. */
  synchronized void unrelated(byte[] json) {
    if (stream != null) {
      stream.before(json);
    } else if (open.size() == 1) {
      open.getFirst().before(json);
    } else {
      keep(json);
    }
  }

  /** Sends a request of the server's, which most likely has to do with a request that is open. */
  synchronized void ask(byte[] json) {
    if (open.size() == 1) {
      open.getFirst().before(json);
    } else if (stream != null) {
      stream.before(json);
    } else if (!open.isEmpty()) {
      open.getLast().before(json);
    } else {
      keep(json);
    }
  }

  private void keep(byte[] json) {
    backlog.add(json);
    backlogBytes += json.length;
    while (backlog.size() > BACKLOG || backlogBytes > BACKLOG_BYTES) {
      backlogBytes -= backlog.remove().length;
    }
  }

  /** When it was used last, by nano time; now, where it is in use. */
  synchronized long lastUsed() {
    return open.isEmpty() && stream == null ? lastUsed : nanoTime.getAsLong();
  }

  /** Whether a client holds a call of it open. */
  synchronized boolean inUse() {
    return !open.isEmpty() || stream != null;
  }

  synchronized boolean isEnded() {
    return ended;
  }

  /** Ends it, once. */
  void end() {
    CallReply last;
    synchronized (this) {
      if (ended) {
        return;
      }
      ended = true;
      last = stream;
      stream = null;
      backlog.clear();
    }
    if (last != null) {
      last.end();
    }
    release();
  }
}
