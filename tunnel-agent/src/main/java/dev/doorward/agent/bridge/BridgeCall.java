package dev.doorward.agent.bridge;

import dev.doorward.transport.link.AgentCall;
import io.netty.buffer.ByteBuf;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** Gathers the body of a call, within its bound and that of all calls of the service together. */
final class BridgeCall implements AgentCall {
  private static final int TOO_LARGE = 413;

  private final int most;
  private final AtomicLong budget;
  private final CallReply reply;
  private final Consumer<byte[]> whole;
  private final ByteArrayOutputStream body = new ByteArrayOutputStream();
  private int taken;
  private boolean refused;

  /**
   * A call whose body is read.
   *
   * @param budget bytes that all calls may still hold
   * @param whole takes the body when it is whole
   */
  BridgeCall(int most, AtomicLong budget, CallReply reply, Consumer<byte[]> whole) {
    this.most = most;
    this.budget = budget;
    this.reply = reply;
    this.whole = whole;
  }

  @Override
  public void onData(ByteBuf data) {
    try {
      if (refused) {
        return;
      }
      int length = data.readableBytes();
      if (body.size() + length > most) {
        refuse();
        reply.json(
            TOO_LARGE,
            Messages.error(
                "null",
                Messages.INVALID_REQUEST,
                "The message is longer than this service takes."));
      } else if (budget.addAndGet(-length) < 0) {
        budget.addAndGet(length);
        refuse();
        reply.fail(dev.doorward.common.outcome.Reason.OVERLOADED);
      } else {
        taken += length;
        data.readBytes(body, length);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      data.release();
    }
  }

  private void refuse() {
    refused = true;
    giveBack();
  }

  private void giveBack() {
    budget.addAndGet(taken);
    taken = 0;
    body.reset();
  }

  @Override
  public void onReadComplete() {}

  @Override
  public void onEnd() {
    if (!refused) {
      refused = true;
      byte[] bytes = body.toByteArray();
      giveBack();
      whole.accept(bytes);
    }
  }

  @Override
  public void onWritable() {
    reply.onWritable();
  }

  @Override
  public void onCancelled() {
    if (!refused) {
      refuse();
    }
    reply.cancelled();
  }
}
