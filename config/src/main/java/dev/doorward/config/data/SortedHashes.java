package dev.doorward.config.data;

import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Reason;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A file of SHA-1 hashes in hexadecimal, one a line, sorted; behind a hash may stand a colon and
 * how often it was seen. It may be far larger than memory: a search reads some forty short pieces.
 * The file is opened anew each time, so it may be replaced at any time. Blocks on the disk.
 */
public final class SortedHashes {
  private static final int HEX = 40;
  private static final int LONGEST_LINE = 80;
  private static final int SAMPLES = 64;

  private final FileChannel channel;
  private final long size;

  private record Line(long start, byte[] hash) {}

  private SortedHashes(FileChannel channel) throws IOException {
    this.channel = channel;
    this.size = channel.size();
  }

  /** Whether the SHA-1 hash {@code wanted} is in {@code file}. */
  public static Outcome<Boolean> contain(Path file, byte[] wanted) {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      return Outcome.ok(new SortedHashes(channel).find(wanted));
    } catch (IOException e) {
      return Outcome.failed(
          Reason.FILE_UNREADABLE, file + " cannot be searched: " + e.getMessage());
    }
  }

  /** What is wrong with {@code file}, to be put behind its key; looks at a sample of it. */
  public static Optional<String> fault(Path file) {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      new SortedHashes(channel).sample();
      return Optional.empty();
    } catch (IOException e) {
      return Optional.of("names a file that cannot be searched: " + e.getMessage());
    }
  }

  private void sample() throws IOException {
    if (size == 0) {
      throw new IOException("it is empty.");
    }
    byte[] last = new byte[HEX / 2];
    for (int i = 0; i < SAMPLES; i++) {
      Optional<Line> line = lineFrom(size / SAMPLES * i);
      if (line.isPresent()) {
        ascending(last, line.get().hash());
        last = line.get().hash();
      }
    }
  }

  /** Lines that begin before {@code low} are smaller, those from {@code high} on are greater. */
  private boolean find(byte[] wanted) throws IOException {
    long low = 0;
    long high = size;
    byte[] smaller = new byte[HEX / 2];
    byte @Nullable [] greater = null;
    while (low < high) {
      long middle = (low + high) >>> 1;
      Optional<Line> line = lineFrom(middle);
      if (line.isEmpty()) {
        high = middle;
        continue;
      }
      byte[] hash = line.get().hash();
      ascending(smaller, hash);
      if (greater != null) {
        ascending(hash, greater);
      }
      int order = Arrays.compareUnsigned(hash, wanted);
      if (order == 0) {
        return true;
      }
      if (order > 0) {
        high = middle;
        greater = hash;
      } else {
        low = line.get().start() + 1;
        smaller = hash;
      }
    }
    return false;
  }

  private static void ascending(byte[] first, byte[] second) throws IOException {
    if (Arrays.compareUnsigned(first, second) > 0) {
      throw new IOException("its lines are not sorted by hash.");
    }
  }

  /** The first line that begins at {@code at} or behind it. */
  private Optional<Line> lineFrom(long at) throws IOException {
    long from = Math.max(at - 1, 0);
    String text = read(from);
    int begin = 0;
    if (at > 0) {
      int end = text.indexOf('\n');
      if (end < 0 && from + text.length() < size) {
        throw malformed(from);
      }
      begin = end < 0 ? text.length() : end + 1;
    }
    if (from + begin >= size) {
      return Optional.empty();
    }
    int end = text.indexOf('\n', begin);
    String line = text.substring(begin, end < 0 ? text.length() : end).strip();
    boolean whole = end >= 0 || from + text.length() == size;
    if (!whole || line.length() < HEX || (line.length() > HEX && line.charAt(HEX) != ':')) {
      throw malformed(from + begin);
    }
    try {
      byte[] hash = HexFormat.of().parseHex(line, 0, HEX);
      return Optional.of(new Line(from + begin, hash));
    } catch (IllegalArgumentException e) {
      throw malformed(from + begin);
    }
  }

  private static IOException malformed(long at) {
    return new IOException("the line at byte " + at + " is no SHA-1 hash in hexadecimal.");
  }

  /** Two lines' worth from {@code from} on, less at the end. */
  private String read(long from) throws IOException {
    ByteBuffer piece = ByteBuffer.allocate(2 * LONGEST_LINE);
    while (piece.hasRemaining() && channel.read(piece, from + piece.position()) > 0) {
      // Until it is full or the file ends.
    }
    return new String(piece.array(), 0, piece.position(), StandardCharsets.ISO_8859_1);
  }
}
