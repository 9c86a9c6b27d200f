package dev.doorward.agent.dial;

import static org.assertj.core.api.Assertions.assertThat;

import dev.doorward.config.value.HostPort;
import dev.doorward.transport.loop.EventLoops;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class DialerTest {
  private static final Duration SHORT = Duration.ofMillis(200);
  private static final Duration LONG = Duration.ofSeconds(20);

  private final EventLoops loops = EventLoops.start("dial", 1);
  private final EventLoop loop = loops.group().next();
  private final CountDownLatch hung = new CountDownLatch(1);
  private final AtomicInteger asked = new AtomicInteger();
  private final NameLookup names = new NameLookup(this::resolve);
  private final Dialer dialer = new Dialer(loops, names);

  private InetAddress[] resolve(String host) throws UnknownHostException {
    asked.incrementAndGet();
    if (host.startsWith("hangs")) {
      awaitEnd();
    }
    return switch (host) {
      case "here" -> new InetAddress[] {address("127.0.0.1")};
      case "refused-then-here" -> new InetAddress[] {address("127.0.0.77"), address("127.0.0.1")};
      default -> throw new UnknownHostException(host);
    };
  }

  /** As native code waits: no interruption reaches it. */
  private void awaitEnd() {
    boolean over = false;
    while (!over) {
      try {
        hung.await();
        over = true;
      } catch (InterruptedException e) {
        over = false;
      }
    }
  }

  private static InetAddress address(String literal) {
    return InetAddress.ofLiteral(literal);
  }

  @AfterEach
  void stop() {
    hung.countDown();
    names.close();
    loops.close();
  }

  private Dialled dial(String host, int port, Duration limit) throws Exception {
    CompletableFuture<Dialled> result = new CompletableFuture<>();
    dialer.dial(
        loop,
        new HostPort(host, port),
        limit,
        new ChannelInboundHandlerAdapter() {
          @Override
          public boolean isSharable() {
            return true;
          }
        },
        dialled -> {
          assertThat(loop.inEventLoop()).isTrue();
          result.complete(dialled);
        });
    return result.get(10, TimeUnit.SECONDS);
  }

  private static ServerSocket listening() throws Exception {
    return new ServerSocket(0, 10, address("127.0.0.1"));
  }

  @Test
  void aNameIsResolvedAndItsAddressesAreTriedInTurn() throws Exception {
    try (ServerSocket server = listening()) {
      for (String host : new String[] {"here", "refused-then-here", "127.0.0.1"}) {
        assertThat(dial(host, server.getLocalPort(), LONG))
            .isInstanceOfSatisfying(Dialled.Open.class, open -> close(open.channel()));
      }
    }
  }

  private static void close(Channel channel) {
    assertThat(channel.isActive()).isTrue();
    channel.close();
  }

  @Test
  void aResolverThatHangsEndsWithTheLimitAndHoldsNobodyElse() throws Exception {
    for (int i = 0; i < 10; i++) {
      assertThat(dial("hangs", 1, SHORT)).isEqualTo(new Dialled.TimedOut(Dialled.Stage.NAME));
    }

    assertThat(asked).as("one question for one name").hasValue(1);
    try (ServerSocket server = listening()) {
      assertThat(dial("here", server.getLocalPort(), LONG))
          .isInstanceOfSatisfying(Dialled.Open.class, open -> close(open.channel()));
    }
  }

  @Test
  void aNameThatIsNoneAndAPortThatNobodyListensOnAreToldApart() throws Exception {
    int nobody;
    try (ServerSocket server = listening()) {
      nobody = server.getLocalPort();
    }

    assertThat(dial("nowhere", nobody, LONG)).isEqualTo(new Dialled.UnknownName());
    assertThat(dial("here", nobody, LONG)).isEqualTo(new Dialled.Unreachable());
  }

  @Test
  void addressesThatDoNotAnswerEndWithTheLimit() throws Exception {
    // A full backlog drops what comes.
    try (ServerSocket server = new ServerSocket(0, 1, address("127.0.0.1"))) {
      Dialled last = new Dialled.Unreachable();
      for (int i = 0; i < 4; i++) {
        last = dial("here", server.getLocalPort(), SHORT);
      }
      assertThat(last)
          .isIn(new Dialled.TimedOut(Dialled.Stage.CONNECTION), new Dialled.Unreachable())
          .isNotInstanceOf(Dialled.Open.class);
    }
  }

  @Test
  void questionsHaveABound() throws Exception {
    for (int i = 0; i < 4; i++) {
      names.find("hangs-" + i);
    }
    for (int i = 0; i < 256; i++) {
      assertThat(names.find("name-" + i)).isNotDone();
    }

    assertThat(names.find("here").get(10, TimeUnit.SECONDS)).isEmpty();
  }

  @Test
  void aDialAfterTheEndIsToldSo() throws Exception {
    loops.close();
    CompletableFuture<Dialled> result = new CompletableFuture<>();

    dialer.dial(
        loop,
        new HostPort("127.0.0.1", 1),
        LONG,
        new ChannelInboundHandlerAdapter(),
        result::complete);

    assertThat(result.get(10, TimeUnit.SECONDS)).isEqualTo(new Dialled.Stopped());
  }
}
