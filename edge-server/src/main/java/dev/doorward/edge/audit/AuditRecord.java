package dev.doorward.edge.audit;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The file of lines, which grows at its end only. For one thread. */
final class AuditRecord implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AuditRecord.class);

  private final Path file;
  private final FileChannel channel;
  private long length;
  private boolean dirty;

  private AuditRecord(Path file, FileChannel channel) throws IOException {
    this.file = file;
    this.channel = channel;
    this.length = channel.size();
  }

  /** Opens {@code file}, made 0600 where it is missing. */
  static AuditRecord open(Path file) throws IOException {
    return new AuditRecord(
        file,
        FileChannel.open(
            file,
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))));
  }

  /** Whether its name still leads to a file; where it was moved away a new one is due. */
  boolean isThere() {
    return Files.exists(file);
  }

  long length() {
    return length;
  }

  /** Appends {@code lines}; where that fails the file is as long as before. */
  void append(ByteBuffer lines) throws IOException {
    long before = length;
    long at = before;
    try {
      while (lines.hasRemaining()) {
        at += channel.write(lines, at);
      }
    } catch (IOException e) {
      channel.truncate(before);
      throw e;
    }
    length = at;
    dirty = true;
  }

  /**
   * Cuts off what follows {@code known} where it is the beginning of {@code waiting}: lines that
   * were written just before the process was killed, and that will be written again.
   */
  void cut(long known, ByteBuffer waiting) throws IOException {
    long more = length - known;
    if (more <= 0 || more > waiting.remaining()) {
      return;
    }
    ByteBuffer tail = ByteBuffer.allocate((int) more);
    while (tail.hasRemaining() && channel.read(tail, known + tail.position()) >= 0) {
      // all of it
    }
    if (tail.flip().equals(waiting.slice(waiting.position(), (int) more))) {
      channel.truncate(known);
      length = known;
    }
  }

  /** Forces to the disk what was appended since. */
  void force() throws IOException {
    if (dirty) {
      channel.force(false);
      dirty = false;
    }
  }

  @Override
  public void close() {
    try {
      channel.close();
    } catch (IOException e) {
      LOG.atDebug().addKeyValue("event", "audit_close_failed").log();
    }
  }
}
