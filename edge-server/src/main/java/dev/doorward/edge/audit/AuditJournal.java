package dev.doorward.edge.audit;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.zip.CRC32C;

/**
 * Lines on their way to the record: a ring of {@link #SIZE} bytes in a file that is mapped into
 * memory. What {@link #append} has taken belongs to the operating system at once, without a call to
 * it, so it outlives a crash of the process; whoever opens the file next finds it.
 *
 * <p>Layout, big-endian: a page of head, then the ring. Head: magic, end of what was appended,
 * index of the valid mark, two marks of (end of what was drained, length of the record then). Ring:
 * for each line its length and its CRC-32C, 4 bytes each, and the line, padded to 8; a length of -1
 * leads back to the start of the ring. Ends count all bytes ever, so the ring's place is the rest.
 *
 * <p>Any thread may append; one thread drains.
 */
final class AuditJournal implements AutoCloseable {
  /** Bytes of lines and their frames that may wait. */
  static final int SIZE = 8 * 1024 * 1024;

  private static final int HEAD = 4096;
  private static final long MAGIC = 0x646f6f7277617264L;
  private static final int APPENDED_AT = 8;
  private static final int MARK_AT = 16;
  private static final int MARKS_AT = 24;
  private static final int MARK = 16;
  private static final int FRAME = 8;
  private static final int BACK = -1;

  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG.withOrder(java.nio.ByteOrder.BIG_ENDIAN);
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT.withOrder(java.nio.ByteOrder.BIG_ENDIAN);
  private static final VarHandle LONGS = LONG.varHandle();

  /**
   * Lines that wait.
   *
   * @param lines the lines, one after the other
   * @param end what to tell {@link #drained} once they are in the record
   * @param spoilt whether there were more that a crash of the machine has spoilt
   */
  record Batch(ByteBuffer lines, long end, boolean spoilt) {}

  private final Arena arena;
  private final MemorySegment map;
  private volatile boolean closed;

  private AuditJournal(Arena arena, MemorySegment map) {
    this.arena = arena;
    this.map = map;
  }

  /**
   * Opens the journal at {@code file}, made 0600 with all of its bytes on the disk where it is
   * missing or is none.
   */
  static AuditJournal open(Path file) throws IOException {
    Arena arena = Arena.ofShared();
    try (FileChannel channel =
        FileChannel.open(
            file,
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
      boolean fits = channel.size() == HEAD + SIZE;
      if (!fits) {
        // Written, not only sized: a mapped page must never be without a place on the disk.
        ByteBuffer nothing = ByteBuffer.allocate(HEAD + SIZE);
        for (int at = 0; nothing.hasRemaining(); ) {
          at += channel.write(nothing, at);
        }
        channel.truncate(HEAD + SIZE);
        channel.force(true);
      }
      MemorySegment map = channel.map(FileChannel.MapMode.READ_WRITE, 0, HEAD + SIZE, arena);
      var journal = new AuditJournal(arena, map);
      boolean sound = journal.waiting() >= 0 && journal.waiting() <= SIZE;
      if (map.get(LONG, 0) != MAGIC || !sound) {
        map.fill((byte) 0);
        LONGS.setRelease(map, 0L, MAGIC);
      }
      return journal;
    } catch (IOException | RuntimeException e) {
      arena.close();
      throw e;
    }
  }

  /** Takes a line; false where there is no room for it. Any thread. */
  synchronized boolean append(byte[] line) {
    if (closed) {
      return false;
    }
    long end = appended();
    int place = place(end);
    int size = FRAME + padded(line.length);
    int skipped = SIZE - place < size ? SIZE - place : 0;
    if (end + skipped + size - drained() > SIZE) {
      return false;
    }
    if (skipped > 0) {
      map.set(INT, HEAD + place, BACK);
      place = 0;
    }
    var crc = new CRC32C();
    crc.update(line, 0, line.length);
    map.set(INT, HEAD + place, line.length);
    map.set(INT, HEAD + place + 4, (int) crc.getValue());
    MemorySegment.copy(line, 0, map, ValueLayout.JAVA_BYTE, HEAD + place + FRAME, line.length);
    LONGS.setRelease(map, (long) APPENDED_AT, end + skipped + size);
    return true;
  }

  /**
   * What waits, in order, about {@code most} bytes of it; empty where nothing does. A line that a
   * crash of the machine spoilt ends what waits: what follows it cannot be told apart.
   */
  Batch take(int most) {
    long at = drained();
    long end = appended();
    ByteBuffer lines = ByteBuffer.allocate((int) Math.clamp(end - at, 0L, most));
    while (at < end) {
      int place = place(at);
      int length = map.get(INT, HEAD + place);
      if (length == BACK) {
        at += SIZE - place;
        continue;
      }
      if (length < 0 || length > SIZE - place - FRAME || !isSound(place, length)) {
        return new Batch(lines.flip(), end, true);
      }
      if (lines.remaining() < length) {
        if (lines.position() > 0) {
          break;
        }
        lines = ByteBuffer.allocate(length);
      }
      lines.put(line(place, length));
      at += FRAME + padded(length);
    }
    return new Batch(lines.flip(), at, false);
  }

  private ByteBuffer line(int place, int length) {
    return map.asSlice(HEAD + place + FRAME, length).asByteBuffer();
  }

  private boolean isSound(int place, int length) {
    var crc = new CRC32C();
    crc.update(line(place, length));
    return (int) crc.getValue() == map.get(INT, HEAD + place + 4);
  }

  /** The batch up to {@code end} is in the record, which is {@code length} bytes long now. */
  void drained(long end, long length) {
    long next = 1 - mark();
    long at = MARKS_AT + next * MARK;
    map.set(LONG, at, end);
    map.set(LONG, at + 8, length);
    LONGS.setRelease(map, (long) MARK_AT, next);
  }

  /** How long the record was when it was last drained to. */
  long recordLength() {
    return map.get(LONG, MARKS_AT + mark() * MARK + 8);
  }

  /** Whether so much waits that the drainer should not rest. */
  boolean isPressed() {
    return waiting() > SIZE / 4;
  }

  /** Bytes that wait, frames included. */
  long waiting() {
    return appended() - drained();
  }

  private long appended() {
    return (long) LONGS.getAcquire(map, (long) APPENDED_AT);
  }

  private long drained() {
    return map.get(LONG, MARKS_AT + mark() * MARK);
  }

  private long mark() {
    return (long) LONGS.getAcquire(map, (long) MARK_AT) & 1;
  }

  private static int place(long end) {
    return (int) (end % SIZE);
  }

  private static int padded(int length) {
    return (length + 7) & ~7;
  }

  /** Takes nothing from now on; what waits can still be taken out. */
  synchronized void end() {
    closed = true;
  }

  /** Ends it and unmaps the file. For the thread that drains, once. */
  @Override
  public void close() {
    end();
    arena.close();
  }

  /** Whether the file at {@code path} is still there; a journal without a name outlives nothing. */
  static boolean isThere(Path path) {
    return Files.isRegularFile(path);
  }
}
