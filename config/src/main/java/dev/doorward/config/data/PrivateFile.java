package dev.doorward.config.data;

import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Problem;
import dev.doorward.common.outcome.Reason;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Set;

/** A file that only its owner may read (0600), replaced whole or not at all. Blocks on the disk. */
public final class PrivateFile {
  private PrivateFile() {}

  /**
   * Replaces {@code file}: written beside it, flushed to the disk, renamed over it, and the rename
   * flushed too. After a crash the file holds the old content or the new one, never a part.
   */
  public static void write(Path file, byte[] content) throws IOException {
    Path folder = file.toAbsolutePath().getParent();
    if (folder == null) {
      throw new IOException("not a file: " + file);
    }
    Path beside = Files.createTempFile(folder, ".", ".new", FileMode.privateFile());
    try {
      try (FileChannel channel = FileChannel.open(beside, StandardOpenOption.WRITE)) {
        ByteBuffer left = ByteBuffer.wrap(content);
        while (left.hasRemaining()) {
          channel.write(left);
        }
        channel.force(true);
      }
      Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(beside);
    }
    sync(folder);
  }

  /**
   * The content of {@code file}; refused where other users may read it or where it is longer than
   * {@code maxLength} bytes.
   */
  public static Outcome<byte[]> read(Path file, int maxLength) {
    try {
      Optional<Problem> loose = FileMode.tooLoose(file);
      if (loose.isPresent()) {
        return Outcome.failed(loose.get());
      }
      try (InputStream in = Files.newInputStream(file)) {
        byte[] content = in.readNBytes(maxLength + 1);
        return content.length > maxLength
            ? Outcome.failed(
                Reason.FILE_UNREADABLE, file + " is longer than " + maxLength + " bytes.")
            : Outcome.ok(content);
      }
    } catch (IOException e) {
      return Outcome.failed(Reason.FILE_UNREADABLE, Cause.of(e, file));
    }
  }

  private static void sync(Path folder) throws IOException {
    try (FileChannel channel = FileChannel.open(folder, Set.of(StandardOpenOption.READ))) {
      channel.force(true);
    }
  }
}
