package dev.doorward.edge.pipeline;

/** What a client does while an answer is on its way; called on the loop of its connection. */
public interface ClientListener {
  /** The client takes bytes again. */
  void onWritable();

  /** The client has gone before the answer was whole; nothing may be written any more. */
  void onGone();
}
