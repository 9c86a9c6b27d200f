package dev.doorward.agent.fake;

import dev.doorward.common.identity.ServiceName;
import dev.doorward.common.outcome.Problem;
import dev.doorward.common.outcome.Reason;
import dev.doorward.transport.link.EdgeLink;
import dev.doorward.transport.link.LinkCall;
import dev.doorward.transport.link.LinkCallListener;
import dev.doorward.transport.link.LinkHead;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import io.netty.handler.codec.http.EmptyHttpHeaders;
import io.netty.handler.codec.http.HttpHeaders;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** What the edge hears of one call. */
public final class Answer implements LinkCallListener {
  private final CompletableFuture<Answer> end = new CompletableFuture<>();
  private final CompletableFuture<Integer> head = new CompletableFuture<>();
  private final ByteArrayOutputStream body = new ByteArrayOutputStream();
  private HttpHeaders headers = EmptyHttpHeaders.INSTANCE;
  private @Nullable Problem problem;
  private @Nullable LinkCall call;

  /** Sends a POST with a JSON body. */
  public static Answer post(EdgeLink link, String service, String token, String body) {
    HttpHeaders headers =
        new DefaultHttpHeaders()
            .set("content-type", "application/json")
            .set("content-length", body.getBytes(StandardCharsets.UTF_8).length);
    Answer answer = open(link, service, token, "POST", "/mcp", headers);
    answer.write(body, true);
    return answer;
  }

  /** Opens a call; a body may follow. */
  public static Answer open(
      EdgeLink link,
      String service,
      String token,
      String method,
      String path,
      HttpHeaders headers) {
    Answer answer = new Answer();
    answer.call =
        link.open(
            new LinkHead("call-1", new ServiceName(service), method, path, token, headers),
            link.eventLoop(),
            answer);
    return answer;
  }

  /** Sends a part of the body. */
  public void write(String text, boolean last) {
    handle().write(Unpooled.copiedBuffer(text, StandardCharsets.UTF_8), last);
  }

  /** The call. */
  public LinkCall handle() {
    if (call == null) {
      throw new AssertionError("not opened");
    }
    return call;
  }

  /** Waits for the end, good or bad. */
  public Answer await() throws Exception {
    return end.get(20, TimeUnit.SECONDS);
  }

  /** Waits for the head. */
  public int awaitHead() throws Exception {
    return head.get(20, TimeUnit.SECONDS);
  }

  /** Why it failed, or null. */
  public @Nullable Reason reason() {
    return problem == null ? null : problem.reason();
  }

  /** The status, or -1. */
  public int status() {
    return head.getNow(-1);
  }

  /** The headers. */
  public HttpHeaders headers() {
    return headers;
  }

  /** The body so far. */
  public synchronized String text() {
    return body.toString(StandardCharsets.UTF_8);
  }

  @Override
  public void onHead(int status, HttpHeaders given) {
    headers = given;
    head.complete(status);
  }

  @Override
  public synchronized void onData(ByteBuf data) {
    try {
      data.readBytes(body, data.readableBytes());
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
    end.complete(this);
  }

  @Override
  public void onWritable() {}

  @Override
  public void onFailure(Problem given, boolean sent) {
    problem = given;
    head.complete(-1);
    end.complete(this);
  }
}
