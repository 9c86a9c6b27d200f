package dev.doorward.transport.link;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;

/** An agent's end that takes calls and does nothing until the test says so. */
final class Parked implements AgentCallHandler {
  /** One call that waits. */
  final class Call implements AgentCall {
    final CallHead head;
    final AgentReply reply;
    final AtomicInteger bytes = new AtomicInteger();
    private final boolean reads;
    private byte[] flood = new byte[0];
    private final AtomicInteger chunks = new AtomicInteger();

    Call(CallHead head, AgentReply reply, boolean reads) {
      this.head = head;
      this.reply = reply;
      this.reads = reads;
    }

    /** Answers 200 with {@code text}, on the loop. */
    void answer(String text) {
      reply
          .eventLoop()
          .execute(() -> {
            reply.head(200, new DefaultHttpHeaders());
            reply.data(
                io.netty.buffer.Unpooled.copiedBuffer(
                    text, java.nio.charset.StandardCharsets.UTF_8));
            reply.end();
          });
    }

    /** Answers with {@code count} chunks of {@code size} bytes as fast as the window allows. */
    void flood(int size, int count) {
      flood = new byte[size];
      chunks.set(count);
      reply
          .eventLoop()
          .execute(() -> {
            reply.head(200, new DefaultHttpHeaders());
            pour();
          });
    }

    /** Chunks of the flood that are still to come. */
    int chunksLeft() {
      return chunks.get();
    }

    private void pour() {
      while (chunks.get() > 0 && reply.isWritable()) {
        reply.data(io.netty.buffer.Unpooled.wrappedBuffer(flood));
        reply.flush();
        chunks.decrementAndGet();
      }
      if (chunks.get() == 0 && flood.length > 0) {
        flood = new byte[0];
        reply.end();
      }
    }

    @Override
    public void onData(ByteBuf data) {
      bytes.addAndGet(data.readableBytes());
      data.release();
      if (!reads) {
        reply.read(false);
      }
    }

    @Override
    public void onReadComplete() {}

    @Override
    public void onEnd() {}

    @Override
    public void onWritable() {
      pour();
    }

    @Override
    public void onCancelled() {
      cancelled.add(head.call());
    }
  }

  final BlockingQueue<Call> calls = new LinkedBlockingQueue<>();
  final BlockingQueue<String> cancelled = new LinkedBlockingQueue<>();
  private final boolean reads;

  Parked() {
    this(true);
  }

  Parked(boolean reads) {
    this.reads = reads;
  }

  @Override
  public AgentCall begin(CallHead head, AgentReply reply) {
    Call call = new Call(head, reply, reads);
    if (!reads) {
      reply.read(false);
    }
    calls.add(call);
    return call;
  }

  Call next() throws InterruptedException {
    Call call = calls.poll(10, java.util.concurrent.TimeUnit.SECONDS);
    if (call == null) {
      throw new AssertionError("no call came");
    }
    return call;
  }
}
