package dev.doorward.transport.tls;

import dev.doorward.common.identity.AgentId;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import io.netty.util.concurrent.ScheduledFuture;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.Optional;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jspecify.annotations.Nullable;

/**
 * Checks, after the handshake, that the connection is what its ClientHello announced: the
 * negotiated protocol, and for a link the verified certificate and the agent's name in it. Nothing
 * depends on the server name alone.
 */
final class PeerCheck extends ChannelInboundHandlerAdapter {
  private final SslHandler tls;
  private final ServerTlsHandler.Choice choice;
  private final PeerListener listener;
  private final @Nullable ScheduledFuture<?> deadline;

  PeerCheck(
      SslHandler tls,
      ServerTlsHandler.Choice choice,
      PeerListener listener,
      @Nullable ScheduledFuture<?> deadline) {
    this.tls = tls;
    this.choice = choice;
    this.listener = listener;
    this.deadline = deadline;
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) throws Exception {
    if (!(event instanceof SslHandshakeCompletionEvent done)) {
      super.userEventTriggered(ctx, event);
      return;
    }
    stopDeadline();
    Optional<TlsPeer> peer = done.isSuccess() ? peer() : Optional.empty();
    if (peer.isEmpty()) {
      ctx.close();
      return;
    }
    ctx.pipeline().remove(this);
    listener.onPeer(ctx.channel(), peer.get());
  }

  private Optional<TlsPeer> peer() {
    String protocol = tls.applicationProtocol();
    return switch (choice.kind()) {
      case PUBLIC -> publicPeer(protocol);
      case CHALLENGE -> Optional.empty();
      case LINK -> LinkTls.LINK.equals(protocol) ? linkPeer() : Optional.empty();
      case ENROL ->
          LinkTls.ENROL.equals(protocol) ? Optional.of(new TlsPeer.Enrol()) : Optional.empty();
    };
  }

  private Optional<TlsPeer> publicPeer(@Nullable String protocol) {
    if (protocol == null) {
      // RFC 7301 section 3.2: a client that named protocols and got none must not be served.
      return choice.hello().protocols().isEmpty()
          ? Optional.of(new TlsPeer.Public("http/1.1", choice.hello().serverName()))
          : Optional.empty();
    }
    return switch (protocol) {
      case "h2", "http/1.1" ->
          Optional.of(new TlsPeer.Public(protocol, choice.hello().serverName()));
      default -> Optional.empty();
    };
  }

  private Optional<TlsPeer> linkPeer() {
    try {
      Certificate[] chain = tls.engine().getSession().getPeerCertificates();
      if (!(chain[0] instanceof X509Certificate leaf)) {
        return Optional.empty();
      }
      Optional<AgentId> agent = AgentCertificate.agentOf(leaf);
      return agent.map(id -> new TlsPeer.Link(id, AgentCertificate.keyOf(leaf), leaf));
    } catch (SSLPeerUnverifiedException e) {
      return Optional.empty();
    }
  }

  private void stopDeadline() {
    if (deadline != null) {
      deadline.cancel(false);
    }
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) throws Exception {
    stopDeadline();
    super.channelInactive(ctx);
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ctx.close();
  }
}
