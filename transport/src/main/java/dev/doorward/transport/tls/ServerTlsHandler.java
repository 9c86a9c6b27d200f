package dev.doorward.transport.tls;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * First handler of a connection to the public port: reads the ClientHello, picks the context by
 * server name and ALPN (docs/link-protocol.md section 1), and replaces itself by the TLS handler
 * and a {@link PeerCheck}. What is not clearly one of the kinds is closed without an answer.
 *
 * <p>The choice is made before any context is used, instead of asking every client of the link's
 * name for an optional certificate: so the link's context can insist on one, and no mistake of this
 * parser can lead to a link without.
 */
public final class ServerTlsHandler extends ByteToMessageDecoder {
  /** Name of the TLS handler in the pipeline. */
  public static final String TLS = "tls";

  /** The protocol in which a certificate authority validates a name (RFC 8737). */
  public static final String ACME = "acme-tls/1";

  /** From the accept to the end of the handshake. */
  public static final Duration HANDSHAKE_LIMIT = Duration.ofSeconds(10);

  private final ServerContexts contexts;
  private final PeerListener listener;
  private final Duration limit;
  private @Nullable ScheduledFuture<?> deadline;
  private boolean decided;

  /** For one connection; {@code limit} is {@link #HANDSHAKE_LIMIT} outside of tests. */
  public ServerTlsHandler(ServerContexts contexts, PeerListener listener, Duration limit) {
    this.contexts = contexts;
    this.listener = listener;
    this.limit = limit;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    deadline = ctx.executor().schedule(() -> ctx.close(), limit.toMillis(), TimeUnit.MILLISECONDS);
  }

  @Override
  protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
    if (decided) {
      in.skipBytes(in.readableBytes());
      return;
    }
    switch (ClientHello.read(in)) {
      case ClientHello.Reading.Incomplete incomplete -> {}
      case ClientHello.Reading.Refused refused -> refuse(ctx, in);
      case ClientHello.Reading.Whole(ClientHello hello) -> {
        Choice choice = choose(hello);
        if (choice == null) {
          refuse(ctx, in);
        } else {
          proceed(ctx, choice);
        }
      }
    }
  }

  /** A context and what must be true after its handshake. */
  record Choice(SslContext context, Kind kind, ClientHello hello) {}

  /** The kinds of connection; a challenge is over with its handshake. */
  enum Kind {
    PUBLIC,
    CHALLENGE,
    LINK,
    ENROL
  }

  private @Nullable Choice choose(ClientHello hello) {
    List<String> protocols = hello.protocols();
    if (hello.serverName().equals(Optional.of(LinkTls.SERVER_NAME))) {
      if (protocols.equals(List.of(LinkTls.LINK))) {
        return new Choice(contexts.link(), Kind.LINK, hello);
      }
      return protocols.equals(List.of(LinkTls.ENROL))
          ? new Choice(contexts.enrol(), Kind.ENROL, hello)
          : null;
    }
    if (protocols.stream().anyMatch(p -> p.startsWith(LinkTls.RESERVED_PREFIX))) {
      return null;
    }
    if (protocols.contains(ACME)) {
      return protocols.size() > 1
          ? null
          : contexts
              .challenge(hello.serverName())
              .map(context -> new Choice(context, Kind.CHALLENGE, hello))
              .orElse(null);
    }
    return contexts
        .publicFor(hello.serverName())
        .map(context -> new Choice(context, Kind.PUBLIC, hello))
        .orElse(null);
  }

  private void refuse(ChannelHandlerContext ctx, ByteBuf in) {
    decided = true;
    in.skipBytes(in.readableBytes());
    ctx.close();
  }

  private void proceed(ChannelHandlerContext ctx, Choice choice) {
    decided = true;
    SslHandler tls = choice.context().newHandler(ctx.alloc());
    tls.setHandshakeTimeoutMillis(limit.toMillis());
    ctx.pipeline()
        .addAfter(ctx.name(), TLS, tls)
        .addAfter(TLS, "peer-check", new PeerCheck(tls, choice, listener, deadline));
    deadline = null;
    // Hands the bytes read so far to the TLS handler.
    ctx.pipeline().remove(this);
  }

  @Override
  protected void handlerRemoved0(ChannelHandlerContext ctx) {
    if (deadline != null) {
      deadline.cancel(false);
      deadline = null;
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) throws Exception {
    handlerRemoved0(ctx);
    super.channelInactive(ctx);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ctx.close();
  }
}
