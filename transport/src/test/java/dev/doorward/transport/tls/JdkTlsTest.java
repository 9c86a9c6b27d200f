package dev.doorward.transport.tls;

import static org.assertj.core.api.Assertions.assertThat;

import dev.doorward.transport.TestCa;
import dev.doorward.transport.loop.EventLoops;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslProvider;
import io.netty.util.ReferenceCountUtil;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.security.cert.X509Certificate;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** TLS of the JDK, where the native library is missing: no link is ever resumed. */
@Timeout(60)
class JdkTlsTest {
  private final TestCa ca = new TestCa();
  private final TlsContexts contexts = new TlsContexts(TlsProvider.JDK);
  private final EventLoops loops = EventLoops.start("jdk", 1);

  @AfterEach
  void stop() {
    loops.close();
  }

  /** Trusts everybody and counts how often it was asked, which a resumption does not. */
  private static final class Counting extends X509ExtendedTrustManager {
    final AtomicInteger asked = new AtomicInteger();

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {
      asked.incrementAndGet();
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {
      asked.incrementAndGet();
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {
      asked.incrementAndGet();
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {
      asked.incrementAndGet();
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {
      asked.incrementAndGet();
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {
      asked.incrementAndGet();
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }

  private SslContext plainServer(Counting counting) throws Exception {
    TlsIdentity identity = ca.server(LinkTls.SERVER_NAME);
    return SslContextBuilder.forServer(identity.key(), identity.chainArray())
        .sslProvider(SslProvider.JDK)
        .protocols("TLSv1.3")
        .clientAuth(ClientAuth.REQUIRE)
        .trustManager(counting)
        .build();
  }

  private SslContext plainClient(Counting counting) throws Exception {
    TlsIdentity identity = ca.agent("nas");
    return SslContextBuilder.forClient()
        .sslProvider(SslProvider.JDK)
        .protocols("TLSv1.3")
        .keyManager(identity.key(), identity.chainArray())
        .trustManager(counting)
        .build();
  }

  /** Two connections one after the other, each with a byte from the server behind its tickets. */
  private void twice(SslContext server, SslContext client) throws Exception {
    Channel port =
        new ServerBootstrap()
            .group(loops.group())
            .channel(loops.serverChannel())
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    SslHandler tls = server.newHandler(channel.alloc());
                    channel.pipeline().addLast(tls);
                    tls.handshakeFuture()
                        .addListener(
                            done -> channel.writeAndFlush(Unpooled.wrappedBuffer(new byte[] {1})));
                  }
                })
            .bind("127.0.0.1", 0)
            .sync()
            .channel();
    int number = ((InetSocketAddress) port.localAddress()).getPort();
    for (int i = 0; i < 2; i++) {
      CompletableFuture<Void> heard = new CompletableFuture<>();
      Channel channel =
          new Bootstrap()
              .group(loops.group())
              .channel(loops.clientChannel())
              .handler(
                  new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel made) {
                      made.pipeline()
                          .addLast(
                              client.newHandler(made.alloc(), LinkTls.SERVER_NAME, number),
                              new ChannelInboundHandlerAdapter() {
                                @Override
                                public void channelRead(ChannelHandlerContext ctx, Object data) {
                                  ReferenceCountUtil.release(data);
                                  heard.complete(null);
                                }
                              });
                    }
                  })
              .connect("127.0.0.1", number)
              .sync()
              .channel();
      heard.get(10, TimeUnit.SECONDS);
      channel.close().sync();
    }
    port.close().sync();
  }

  @Test
  void aPlainServerOfTheJdkDoesResumeSoTheseTestsWouldSeeIt() throws Exception {
    Counting client = new Counting();

    twice(plainServer(new Counting()), plainClient(client));

    assertThat(client.asked).hasValue(1);
  }

  @Test
  void theEdgeGivesNoTickets() throws Exception {
    Counting client = new Counting();

    twice(contexts.linkServer(ca.server(LinkTls.SERVER_NAME), ca.root()), plainClient(client));

    assertThat(client.asked).hasValue(2);
  }

  @Test
  void theAgentKeepsNoTickets() throws Exception {
    Counting server = new Counting();

    twice(plainServer(server), contexts.linkClient(ca.agent("nas"), ca.root()));

    assertThat(server.asked).hasValue(2);
  }

  @Test
  void enrolmentIsNotResumedEither() throws Exception {
    Counting client = new Counting();

    twice(contexts.enrolServer(ca.server(LinkTls.SERVER_NAME)), plainClient(client));

    assertThat(client.asked).hasValue(2);
  }
}
