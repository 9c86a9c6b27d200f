package dev.doorward.agent.process;

import dev.doorward.common.identity.ServiceName;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts what a process says on standard error into the agent's log, line by line. A line has at most
 * 2,000 characters and no control characters; of more than 100 lines in 10 s the rest is counted.
 */
final class StderrLog {
  private static final Logger log = LoggerFactory.getLogger(StderrLog.class);
  private static final int LINE = 2_000;
  private static final int LINES = 100;
  private static final long WINDOW_NANOS = 10_000_000_000L;

  private final ServiceName service;
  private final long pid;
  private final LongSupplier nanoTime;
  private long windowStart;
  private int lines;
  private long leftOut;
  private boolean inLongLine;

  StderrLog(ServiceName service, long pid, LongSupplier nanoTime) {
    this.service = service;
    this.pid = pid;
    this.nanoTime = nanoTime;
    this.windowStart = nanoTime.getAsLong();
  }

  /** Reads to the end. */
  void drain(InputStream stderr) {
    LineReader reader = new LineReader(stderr, LINE);
    try {
      for (LineReader.Next next = reader.next();
          !(next instanceof LineReader.Next.End);
          next = reader.next()) {
        switch (next) {
          case LineReader.Next.Line(byte[] bytes) -> {
            if (!inLongLine) {
              say(bytes);
            }
            inLongLine = false;
          }
          case LineReader.Next.TooLong(byte[] bytes) -> {
            if (!inLongLine) {
              say(bytes);
            }
            inLongLine = true;
          }
          case LineReader.Next.End _ -> {}
        }
      }
    } catch (IOException e) {
      // The process has ended.
    }
    sayLeftOut();
  }

  private void say(byte[] bytes) {
    long now = nanoTime.getAsLong();
    if (now - windowStart > WINDOW_NANOS) {
      sayLeftOut();
      windowStart = now;
      lines = 0;
    }
    if (++lines > LINES) {
      leftOut++;
      return;
    }
    String text = clean(bytes);
    if (!text.isEmpty()) {
      log.atInfo()
          .addKeyValue("event", "service_said")
          .addKeyValue("service", service)
          .addKeyValue("pid", pid)
          .log("{}", text);
    }
  }

  private void sayLeftOut() {
    if (leftOut > 0) {
      log.atWarn()
          .addKeyValue("event", "service_said_more")
          .addKeyValue("service", service)
          .addKeyValue("pid", pid)
          .addKeyValue("lines", leftOut)
          .log("the service says too much on standard error; lines were left out");
      leftOut = 0;
    }
  }

  /** Printable text: no control characters, no escape sequences of terminals. */
  static String clean(byte[] bytes) {
    String text = new String(bytes, 0, Math.min(bytes.length, LINE), StandardCharsets.UTF_8);
    return text.replaceAll("\\x1b\\[[0-9;?]*[ -/]*[@-~]", "")
        .replaceAll("[\\p{Cntrl}\\p{Cf}\\u2028\\u2029]", " ")
        .strip();
  }
}
