package dev.doorward.agent.connect;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.util.ReferenceCountUtil;
import org.jspecify.annotations.Nullable;

/**
 * Last handler of a backend connection: gives what comes to the exchange that has the connection at
 * the moment. What comes when none has it ends the connection.
 */
final class BackendHandler extends ChannelInboundHandlerAdapter {
  private @Nullable HttpExchange exchange;

  /** The connection belongs to {@code next} from now on; null gives it back. */
  void assign(@Nullable HttpExchange next) {
    exchange = next;
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    HttpExchange current = exchange;
    if (current == null) {
      ReferenceCountUtil.release(message);
      ctx.close();
      return;
    }
    if (message instanceof HttpResponse answer) {
      current.onAnswer(answer);
    }
    if (message instanceof HttpContent content) {
      // The exchange may have ended with the head, but it still owns what follows.
      current.onContent(content);
    }
  }

  @Override
  public void channelReadComplete(ChannelHandlerContext ctx) {
    if (exchange != null) {
      exchange.onAnswerRead();
    }
  }

  @Override
  public void channelWritabilityChanged(ChannelHandlerContext ctx) {
    if (exchange != null) {
      exchange.onBackendWritable();
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    if (exchange != null) {
      exchange.onBackendClosed();
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    ReferenceCountUtil.release(event);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ctx.close();
  }
}
