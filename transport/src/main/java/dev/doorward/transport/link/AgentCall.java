package dev.doorward.transport.link;

import io.netty.buffer.ByteBuf;

/**
 * What an agent hears of a call: data..., then end, once; or cancelled at any point, after which
 * nothing more comes. All on the link's loop.
 */
public interface AgentCall {
  /** Request bytes; takes ownership. */
  void onData(ByteBuf data);

  /** The bytes so far were all of one read: a good moment to flush. */
  void onReadComplete();

  /** The request is whole. Not called for a head that is the whole request. */
  void onEnd();

  /** The reply is writable again. */
  void onWritable();

  /** The caller, or the link, is gone; everything of this call is to be let go. */
  void onCancelled();
}
