package dev.doorward.transport.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.WriteBufferWaterMark;
import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class StalledWriteHandlerTest {
  private EmbeddedChannel channel = new EmbeddedChannel();

  @BeforeEach
  void open() {
    channel = new EmbeddedChannel();
    channel.freezeTime();
    channel.pipeline().addLast(new StalledWriteHandler(Duration.ofSeconds(30)));
    channel.config().setWriteBufferWaterMark(new WriteBufferWaterMark(8, 16));
  }

  @AfterEach
  void close() {
    channel.finishAndReleaseAll();
  }

  private void pass(int seconds) {
    channel.advanceTimeBy(seconds, TimeUnit.SECONDS);
    channel.runScheduledPendingTasks();
  }

  @Test
  void aPeerThatTakesNothingIsClosed() {
    channel.write(Unpooled.buffer(64).writeZero(64));
    channel.runPendingTasks();
    assertThat(channel.isWritable()).isFalse();

    pass(29);
    assertThat(channel.isOpen()).isTrue();
    pass(2);
    assertThat(channel.isOpen()).isFalse();
  }

  @Test
  void aPeerThatCatchesUpStays() {
    channel.write(Unpooled.buffer(64).writeZero(64));
    channel.runPendingTasks();
    pass(20);
    channel.flush();
    channel.runPendingTasks();

    pass(60);

    assertThat(channel.isOpen()).isTrue();
  }
}
