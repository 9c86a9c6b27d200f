package dev.doorward.transport.link;

import dev.doorward.common.outcome.Problem;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** What the caller of a link hears, kept. */
final class Heard implements LinkCallListener {
  /** How a call ended. */
  record End(
      int status, HttpHeaders headers, byte[] body, @Nullable Problem problem, boolean sent) {}

  final CompletableFuture<End> end = new CompletableFuture<>();
  final CompletableFuture<Integer> head = new CompletableFuture<>();
  final AtomicInteger bytes = new AtomicInteger();
  final AtomicInteger writable = new AtomicInteger();
  private final ByteArrayOutputStream body = new ByteArrayOutputStream();
  private final boolean keep;
  private HttpHeaders headers = EmptyHttpHeaders.INSTANCE;

  Heard() {
    this(true);
  }

  Heard(boolean keep) {
    this.keep = keep;
  }

  @Override
  public void onHead(int status, HttpHeaders given) {
    headers = given;
    head.complete(status);
  }

  @Override
  public void onData(ByteBuf data) {
    try {
      bytes.addAndGet(data.readableBytes());
      if (keep) {
        data.readBytes(body, data.readableBytes());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      data.release();
    }
  }

  @Override
  public void onReadComplete() {}

  @Override
  public void onEnd() {
    end.complete(new End(head.getNow(-1), headers, body.toByteArray(), null, true));
  }

  @Override
  public void onWritable() {
    writable.incrementAndGet();
  }

  @Override
  public void onFailure(Problem problem, boolean sent) {
    end.complete(new End(head.getNow(-1), headers, body.toByteArray(), problem, sent));
  }

  End await() throws Exception {
    return end.get(15, TimeUnit.SECONDS);
  }
}
