package dev.doorward.common.mcp;

import dev.doorward.common.outcome.Reason;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Follows an event stream (WHATWG HTML, section 9.2) slice by slice, however it is cut: in the
 * middle of a character, of a line, between CR and LF. Without a sink it keeps nothing, copies
 * nothing and only knows whether it stands between two events; with one it also builds the events,
 * bounded. Not thread-safe: one for each stream.
 */
public final class SseParser {
  private static final byte[] BOM = {(byte) 0xef, (byte) 0xbb, (byte) 0xbf};

  private final @Nullable Consumer<SseEvent> sink;
  private final int maxEventBytes;
  private final ByteArrayOutputStream line = new ByteArrayOutputStream(0);

  // Where the stream stands.
  private boolean lineStart = true;
  private boolean inComment;
  private boolean afterCr;
  private boolean openEvent;
  private boolean broken;

  // The event at hand, only with a sink.
  private boolean firstLine = true;
  private long eventBytes;
  private @Nullable StringBuilder data;
  private String type = "";
  private String lastId = "";
  private OptionalLong retryMillis = OptionalLong.empty();

  private SseParser(@Nullable Consumer<SseEvent> sink, int maxEventBytes) {
    this.sink = sink;
    this.maxEventBytes = maxEventBytes;
  }

  /** Follows the boundaries between events only; {@link #feed} never refuses anything. */
  public static SseParser boundaries() {
    return new SseParser(null, Integer.MAX_VALUE);
  }

  /**
   * Builds events and gives them to {@code sink} during {@link #feed}.
   *
   * @param maxEventBytes most bytes between two blank lines, comments included
   */
  public static SseParser events(int maxEventBytes, Consumer<SseEvent> sink) {
    return new SseParser(sink, maxEventBytes);
  }

  /**
   * Whether what came so far ends between two events, so that a comment may be put in here. Also
   * true before the first byte and after a comment of the stream's own.
   */
  public boolean atBoundary() {
    return lineStart && !openEvent;
  }

  /**
   * Goes on by a slice, from position to limit; neither is moved, and nothing of it is kept. Gives
   * sse_event_too_large where an event exceeds its bound and backend_protocol_violation where its
   * text is no UTF-8; from then on always the latter.
   */
  public Optional<Reason> feed(ByteBuffer slice) {
    if (broken) {
      return Optional.of(Reason.BACKEND_PROTOCOL_VIOLATION);
    }
    int end = slice.limit();
    int from = slice.position();
    for (int i = from; i < end; i++) {
      byte b = slice.get(i);
      if (b == '\n' && afterCr) {
        afterCr = false;
        from = i + 1;
      } else if (b == '\n' || b == '\r') {
        afterCr = b == '\r';
        Optional<Reason> fault = endLine(slice, from, i);
        if (fault.isPresent()) {
          broken = true;
          return fault;
        }
        from = i + 1;
      } else {
        afterCr = false;
        if (lineStart) {
          lineStart = false;
          inComment = b == ':';
          openEvent |= !inComment;
        }
      }
    }
    if (sink != null && from < end) {
      if (!keep(slice, from, end)) {
        broken = true;
        return Optional.of(Reason.SSE_EVENT_TOO_LARGE);
      }
    }
    return Optional.empty();
  }

  private Optional<Reason> endLine(ByteBuffer slice, int from, int to) {
    boolean blank = lineStart;
    lineStart = true;
    if (sink == null) {
      openEvent &= !blank;
      return Optional.empty();
    }
    if (!keep(slice, from, to)) {
      return Optional.of(Reason.SSE_EVENT_TOO_LARGE);
    }
    try {
      readLine();
    } catch (CharacterCodingException e) {
      return Optional.of(Reason.BACKEND_PROTOCOL_VIOLATION);
    } finally {
      line.reset();
    }
    openEvent &= !blank;
    return Optional.empty();
  }

  private boolean keep(ByteBuffer slice, int from, int to) {
    eventBytes += to - from;
    if (eventBytes > maxEventBytes) {
      return false;
    }
    byte[] part = new byte[to - from];
    slice.get(from, part);
    line.writeBytes(part);
    return true;
  }

  private void readLine() throws CharacterCodingException {
    byte[] bytes = line.toByteArray();
    int start = 0;
    if (firstLine) {
      firstLine = false;
      if (bytes.length >= 3 && bytes[0] == BOM[0] && bytes[1] == BOM[1] && bytes[2] == BOM[2]) {
        start = 3;
      }
    }
    String text =
        StandardCharsets.UTF_8
            .newDecoder()
            .decode(ByteBuffer.wrap(bytes, start, bytes.length - start))
            .toString();
    if (text.isEmpty()) {
      dispatch();
      return;
    }
    int colon = text.indexOf(':');
    if (colon == 0) {
      return;
    }
    String field = colon < 0 ? text : text.substring(0, colon);
    int valueStart = colon < 0 ? text.length() : colon + 1;
    if (valueStart < text.length() && text.charAt(valueStart) == ' ') {
      valueStart++;
    }
    setField(field, text.substring(valueStart));
  }

  private void setField(String field, String value) {
    switch (field) {
      case "data" -> {
        if (data == null) {
          data = new StringBuilder(value);
        } else {
          data.append('\n').append(value);
        }
      }
      case "event" -> type = value;
      case "id" -> {
        if (value.indexOf('\0') < 0) {
          lastId = value;
        }
      }
      case "retry" -> {
        if (!value.isEmpty()
            && value.length() <= 15
            && value.chars().allMatch(c -> c >= '0' && c <= '9')) {
          retryMillis = OptionalLong.of(Long.parseLong(value));
        }
      }
      default -> {
        // Unknown fields are ignored.
      }
    }
  }

  private void dispatch() {
    StringBuilder collected = data;
    Consumer<SseEvent> receiver = sink;
    if (collected != null && receiver != null) {
      receiver.accept(
          new SseEvent(
              type.isEmpty() ? "message" : type, collected.toString(), lastId, retryMillis));
    }
    data = null;
    type = "";
    retryMillis = OptionalLong.empty();
    eventBytes = 0;
  }
}
