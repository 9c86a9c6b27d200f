package dev.doorward.transport.loop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class EventLoopsTest {
  @Test
  void closingTheLoopsEndsTheirSocketsAndThreads() throws Exception {
    EventLoops loops = EventLoops.start("named", 2);
    CountDownLatch accepted = new CountDownLatch(1);
    Channel server =
        new ServerBootstrap()
            .group(loops.group())
            .channel(loops.serverChannel())
            .childHandler(
                new ChannelInboundHandlerAdapter() {
                  @Override
                  public void channelActive(ChannelHandlerContext ctx) {
                    accepted.countDown();
                  }
                })
            .bind("127.0.0.1", 0)
            .sync()
            .channel();
    int port = ((InetSocketAddress) server.localAddress()).getPort();
    try (Socket client = new Socket(InetAddress.getLoopbackAddress(), port)) {
      client.setSoTimeout(5_000);
      assertThat(accepted.await(5, TimeUnit.SECONDS)).isTrue();
      assertThat(loops.group().next().submit(() -> Thread.currentThread().getName()).get())
          .startsWith("named-");

      loops.close();

      assertThat(client.getInputStream().read()).isEqualTo(-1);
    }
    assertThat(loops.group().isTerminated()).isTrue();
  }

  @Test
  void thereIsAtLeastOneLoop() {
    assertThatThrownBy(() -> EventLoops.start("none", 0))
        .isInstanceOf(IllegalArgumentException.class);
    assertThat(EventLoops.threadsFor(8, 2)).isEqualTo(8);
    assertThat(EventLoops.threadsFor(1, 2)).isEqualTo(2);
  }
}
