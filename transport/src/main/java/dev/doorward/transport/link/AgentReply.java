package dev.doorward.transport.link;

import dev.doorward.common.outcome.Reason;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpHeaders;

/**
 * How an agent answers a call: head, data..., end; or a refusal before the head, or an abort after
 * it. All on the link's loop. After the end, and after a cancellation, calls do nothing.
 */
public interface AgentReply {
  /** The link's loop; backends are best reached on the same one. */
  EventLoop eventLoop();

  /**
   * Sends the answer's head with the next {@link #flush}, which must not wait for its body.
   *
   * @param headers end-to-end headers of the backend, none of Doorward's own
   */
  void head(int status, HttpHeaders headers);

  /** Sends answer bytes with the next {@link #flush}; takes ownership. */
  void data(ByteBuf data);

  /** Sends what was written. */
  void flush();

  /** The answer is whole. */
  void end();

  /** Before the head: the agent refuses, or could not reach the backend. After it: an abort. */
  void fail(Reason reason);

  /** Whether {@link #data} is within the window; {@link AgentCall#onWritable} tells of a change. */
  boolean isWritable();

  /** Starts or stops the delivery of request bytes. */
  void read(boolean on);
}
