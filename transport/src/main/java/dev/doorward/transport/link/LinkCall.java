package dev.doorward.transport.link;

import io.netty.buffer.ByteBuf;

/** The edge's handle on one call of a link. Every method may be called from any thread. */
public interface LinkCall {
  /**
   * Sends body bytes to the agent; takes ownership of {@code data}. After {@code last} nothing more
   * may be written.
   */
  void write(ByteBuf data, boolean last);

  /** Whether {@link #write} is within the window; {@code onWritable} tells of a change to true. */
  boolean isWritable();

  /** Starts or stops the delivery of answer bytes: back-pressure towards the agent. */
  void read(boolean on);

  /** Ends the call at both sides (RST_STREAM CANCEL); no callback follows. Idempotent. */
  void cancel();
}
