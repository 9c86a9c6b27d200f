package dev.doorward.edge.main;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Layout;
import ch.qos.logback.core.UnsynchronizedAppenderBase;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Writes the access log on a thread of its own, many lines at a time, a few milliseconds late.
 * Where lines come faster than they can be written, they are dropped and counted.
 */
final class AccessAppender extends UnsynchronizedAppenderBase<ILoggingEvent> {
  private static final int MOST = 16_384;
  private static final int BATCH = 1024;
  private static final long GATHER_NANOS = 5_000_000;

  private final Layout<ILoggingEvent> layout;
  private final PrintStream out;
  private final Queue<ILoggingEvent> queue = new ConcurrentLinkedQueue<>();
  private final AtomicInteger queued = new AtomicInteger();
  private final AtomicLong dropped = new AtomicLong();
  private final Thread writer =
      Thread.ofPlatform().name("access").daemon(true).unstarted(this::run);
  private volatile boolean resting;
  private volatile boolean stopping;

  AccessAppender(Layout<ILoggingEvent> layout, PrintStream out) {
    this.layout = layout;
    this.out = out;
    setName("access");
  }

  @Override
  public void start() {
    super.start();
    writer.start();
  }

  @Override
  protected void append(ILoggingEvent event) {
    if (queued.incrementAndGet() > MOST) {
      queued.decrementAndGet();
      dropped.incrementAndGet();
      return;
    }
    queue.add(event);
    if (resting) {
      LockSupport.unpark(writer);
    }
  }

  private void run() {
    var text = new StringBuilder(64 * 1024);
    while (!stopping || !queue.isEmpty()) {
      int count = 0;
      for (ILoggingEvent e = count < BATCH ? queue.poll() : null; e != null; ) {
        text.append(layout.doLayout(e));
        e = ++count < BATCH ? queue.poll() : null;
      }
      if (count > 0) {
        queued.addAndGet(-count);
        write(text);
      }
      rest(count);
    }
  }

  private void write(StringBuilder text) {
    long lost = dropped.getAndSet(0);
    if (lost > 0) {
      text.append("event=access_log_dropped lines=").append(lost).append('\n');
    }
    byte[] bytes = text.toString().getBytes(StandardCharsets.US_ASCII);
    out.write(bytes, 0, bytes.length);
    out.flush();
    text.setLength(0);
  }

  private void rest(int written) {
    if (stopping) {
      return;
    }
    if (written > 0 && written < BATCH) {
      LockSupport.parkNanos(this, GATHER_NANOS);
    } else if (written == 0) {
      resting = true;
      if (queue.isEmpty()) {
        LockSupport.park(this);
      }
      resting = false;
    }
  }

  @Override
  public void stop() {
    super.stop();
    stopping = true;
    LockSupport.unpark(writer);
    try {
      writer.join(Duration.ofSeconds(2));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
