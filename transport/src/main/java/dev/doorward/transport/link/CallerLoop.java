package dev.doorward.transport.link;

import dev.doorward.common.outcome.Problem;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.concurrent.RejectedExecutionException;

/**
 * Brings what happens to a call from the link's loop to the caller's, in order, until the caller
 * cancels. Only there where the two loops differ.
 */
final class CallerLoop implements LinkCallListener {
  private final EventLoop loop;
  private final LinkCallListener listener;
  private volatile boolean cancelled;

  CallerLoop(EventLoop loop, LinkCallListener listener) {
    this.loop = loop;
    this.listener = listener;
  }

  /** From now on the caller hears nothing. */
  void cancel() {
    cancelled = true;
  }

  private void hop(Runnable callback) {
    try {
      loop.execute(() -> {
        if (!cancelled) {
          callback.run();
        }
      });
    } catch (RejectedExecutionException e) {
      // The caller's loop has ended; nobody waits for this any more.
      cancelled = true;
    }
  }

  @Override
  public void onHead(int status, HttpHeaders headers) {
    hop(() -> listener.onHead(status, headers));
  }

  @Override
  public void onData(ByteBuf data) {
    try {
      loop.execute(() -> {
        if (cancelled) {
          data.release();
        } else {
          listener.onData(data);
        }
      });
    } catch (RejectedExecutionException e) {
      data.release();
    }
  }

  @Override
  public void onReadComplete() {
    hop(listener::onReadComplete);
  }

  @Override
  public void onEnd() {
    hop(listener::onEnd);
  }

  @Override
  public void onWritable() {
    hop(listener::onWritable);
  }

  @Override
  public void onFailure(Problem problem, boolean sent) {
    hop(() -> listener.onFailure(problem, sent));
  }
}
