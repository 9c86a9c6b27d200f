package dev.doorward.transport.link;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;

/** An agent's end that answers each call with the request's body. */
final class Echoing implements AgentCallHandler {
  @Override
  public AgentCall begin(CallHead head, AgentReply reply) {
    HttpHeaders headers = new DefaultHttpHeaders();
    headers.set("x-call", head.call());
    headers.set("x-method", head.method());
    headers.set("x-query", head.query().orElse("-"));
    headers.set("x-names", String.join(",", head.headers().names()));
    reply.head(200, headers);
    if (head.whole()) {
      reply.end();
    }
    return new AgentCall() {
      @Override
      public void onData(ByteBuf data) {
        reply.data(data);
        reply.read(reply.isWritable());
      }

      @Override
      public void onReadComplete() {
        reply.flush();
      }

      @Override
      public void onEnd() {
        reply.end();
      }

      @Override
      public void onWritable() {
        reply.read(true);
      }

      @Override
      public void onCancelled() {}
    };
  }
}
