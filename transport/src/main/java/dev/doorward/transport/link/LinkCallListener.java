package dev.doorward.transport.link;

import dev.doorward.common.outcome.Problem;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaders;

/**
 * What a call on a link tells. All callbacks run on the loop given to {@link EdgeLink#open}, in
 * order: head, data..., then end or failure, once. A failure may come at any point.
 */
public interface LinkCallListener {
  /**
   * The head of the backend's answer. Where the agent itself refused or failed, {@code onFailure}
   * is called instead.
   */
  void onHead(int status, HttpHeaders headers);

  /** Answer bytes; the listener takes ownership. */
  void onData(ByteBuf data);

  /** The bytes given so far were all of one read: a good moment to flush. */
  void onReadComplete();

  /** The answer is whole. */
  void onEnd();

  /** The call is writable again. */
  void onWritable();

  /**
   * The call has failed: link lost, agent refusal, backend unreachable or timed out.
   *
   * @param sent whether any byte of the call may have reached the agent
   */
  void onFailure(Problem problem, boolean sent);
}
