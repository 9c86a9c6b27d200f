package dev.doorward.agent.service;

import dev.doorward.transport.link.AgentCall;
import io.netty.buffer.ByteBuf;
import java.util.ArrayDeque;
import java.util.Queue;
import org.jspecify.annotations.Nullable;

/**
 * A call whose token is being verified. Reading is off, so little comes; what comes is kept for the
 * call that this one becomes. On the link's loop.
 */
final class PendingCall implements AgentCall {
  private final Queue<ByteBuf> kept = new ArrayDeque<>();
  private @Nullable AgentCall call;
  private boolean ended;
  private boolean cancelled;

  boolean isCancelled() {
    return cancelled;
  }

  /** From now on everything goes to {@code next}, what was kept first. */
  void become(AgentCall next) {
    call = next;
    for (ByteBuf data = kept.poll(); data != null; data = kept.poll()) {
      next.onData(data);
    }
    next.onReadComplete();
    if (ended) {
      next.onEnd();
    }
  }

  @Override
  public void onData(ByteBuf data) {
    if (call != null) {
      call.onData(data);
    } else if (cancelled) {
      data.release();
    } else {
      kept.add(data);
    }
  }

  @Override
  public void onReadComplete() {
    if (call != null) {
      call.onReadComplete();
    }
  }

  @Override
  public void onEnd() {
    ended = true;
    if (call != null) {
      call.onEnd();
    }
  }

  @Override
  public void onWritable() {
    if (call != null) {
      call.onWritable();
    }
  }

  @Override
  public void onCancelled() {
    cancelled = true;
    for (ByteBuf data = kept.poll(); data != null; data = kept.poll()) {
      data.release();
    }
    if (call != null) {
      call.onCancelled();
    }
  }
}
