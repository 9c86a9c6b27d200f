package dev.doorward.agent.service;

import dev.doorward.transport.link.AgentCall;
import io.netty.buffer.ByteBuf;

/** A call that was refused: what still comes of it is let go. */
final class RefusedCall implements AgentCall {
  static final AgentCall INSTANCE = new RefusedCall();

  private RefusedCall() {}

  @Override
  public void onData(ByteBuf data) {
    data.release();
  }

  @Override
  public void onReadComplete() {}

  @Override
  public void onEnd() {}

  @Override
  public void onWritable() {}

  @Override
  public void onCancelled() {}
}
