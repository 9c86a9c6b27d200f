package dev.doorward.agent.process;

import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;

/**
 * Reads lines of bounded length, as bytes. The memory it holds follows the longest line so far. For
 * one thread.
 */
final class LineReader {
  private static final int STEP = 16 * 1024;

  /** What comes next. */
  sealed interface Next {
    /** A line without its line break. */
    record Line(byte[] bytes) implements Next {}

    /** A line that is longer than the bound; what is left of it comes with the next call. */
    record TooLong(byte[] start) implements Next {}

    /** No more. */
    record End() implements Next {}
  }

  private final InputStream in;
  private final int most;
  private byte[] buffer = new byte[STEP];
  private int start;
  private int end;

  /**
   * A reader.
   *
   * @param most bytes of a line, its break not counted
   */
  LineReader(InputStream in, int most) {
    this.in = in;
    this.most = most;
  }

  /** The next line; waits for it. What is behind the last line break counts as a line. */
  Next next() throws IOException {
    int seen = start;
    while (true) {
      for (int i = seen; i < end; i++) {
        if (buffer[i] == '\n') {
          int to = i > start && buffer[i - 1] == '\r' ? i - 1 : i;
          if (to - start > most) {
            byte[] part = Arrays.copyOfRange(buffer, start, to);
            start = i; // its end comes as an empty line
            return new Next.TooLong(part);
          }
          byte[] line = Arrays.copyOfRange(buffer, start, to);
          start = i + 1;
          return new Next.Line(line);
        }
      }
      seen = end;
      if (end - start > most) {
        byte[] part = Arrays.copyOfRange(buffer, start, end);
        start = end;
        return new Next.TooLong(part);
      }
      int moved = start;
      makeRoom();
      seen -= moved - start;
      int read = in.read(buffer, end, buffer.length - end);
      if (read < 0) {
        if (start == end) {
          return new Next.End();
        }
        byte[] rest = Arrays.copyOfRange(buffer, start, end);
        start = end;
        return new Next.Line(rest);
      }
      end += read;
    }
  }

  private void makeRoom() {
    if (start > 0) {
      System.arraycopy(buffer, start, buffer, 0, end - start);
      end -= start;
      start = 0;
    }
    if (end == 0 && buffer.length > 4 * STEP) {
      buffer = new byte[STEP];
    } else if (end == buffer.length) {
      buffer = Arrays.copyOf(buffer, Math.min(2 * buffer.length, most + STEP));
    }
  }
}
