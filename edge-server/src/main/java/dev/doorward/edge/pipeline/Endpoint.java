package dev.doorward.edge.pipeline;

import dev.doorward.edge.reply.Reply;
import io.netty.buffer.ByteBuf;
import org.jspecify.annotations.Nullable;

/** What serves the requests of a route. All methods run on the loop of the client's connection. */
public interface Endpoint {
  /** Longest request body in bytes. */
  int maxBody();

  /** The head is in: an answer that needs no body, or null to go on. */
  @Nullable Reply onHead(Exchange exchange);

  /**
   * The request is whole. Whoever implements this answers, sooner or later, through {@code
   * exchange}.
   *
   * @param body takes ownership; empty where there was none
   */
  void onRequest(Exchange exchange, ByteBuf body);
}
