package dev.doorward.config.data;

import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Problem;
import dev.doorward.common.outcome.Reason;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Set;

/**
 * A process's own directory, mode 0700, held by at most one process: the lock goes when the process
 * ends, however it ends.
 */
public final class DataDirectory implements AutoCloseable {
  private static final String LOCK = "lock";

  private final Path path;
  private final FileChannel lockFile;

  private DataDirectory(Path path, FileChannel lockFile) {
    this.path = path;
    this.lockFile = lockFile;
  }

  /**
   * Makes the directory where it is missing, and takes its lock. Refused with {@code
   * file_mode_refused} where other users may enter it, with {@code store_locked} where another
   * process holds it.
   */
  public static Outcome<DataDirectory> open(Path directory) {
    Path path = directory.toAbsolutePath().normalize();
    try {
      make(path);
      Optional<Problem> loose = FileMode.tooLoose(path);
      return loose.isPresent() ? Outcome.failed(loose.get()) : lock(path);
    } catch (IOException e) {
      return Outcome.failed(Reason.STORE_FAILED, Cause.of(e, path));
    }
  }

  private static void make(Path path) throws IOException {
    if (Files.isDirectory(path)) {
      return;
    }
    Path parent = path.getParent();
    if (parent != null) {
      Files.createDirectories(parent);
    }
    Files.createDirectory(path, FileMode.privateDirectory());
  }

  private static Outcome<DataDirectory> lock(Path path) throws IOException {
    FileChannel channel =
        FileChannel.open(
            path.resolve(LOCK),
            Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE),
            FileMode.privateFile());
    try {
      FileLock lock = channel.tryLock();
      if (lock != null) {
        channel.truncate(0);
        String pid = ProcessHandle.current().pid() + "\n";
        channel.write(ByteBuffer.wrap(pid.getBytes(StandardCharsets.US_ASCII)));
        channel.force(true);
        return Outcome.ok(new DataDirectory(path, channel));
      }
    } catch (OverlappingFileLockException e) {
      // Held by this very process: the same refusal.
    }
    String holder = holder(channel);
    channel.close();
    return Outcome.failed(
        Reason.STORE_LOCKED,
        "The data directory %s is in use by the process %s; stop that one or set another data-dir."
            .formatted(path, holder));
  }

  private static String holder(FileChannel channel) throws IOException {
    ByteBuffer content = ByteBuffer.allocate(20);
    channel.read(content, 0);
    String pid =
        new String(content.array(), 0, content.position(), StandardCharsets.US_ASCII).strip();
    return pid.chars().allMatch(Character::isDigit) && !pid.isEmpty() ? pid : "that holds its lock";
  }

  /** The absolute path of the directory. */
  public Path path() {
    return path;
  }

  /** The path of something in the directory. */
  public Path resolve(String name) {
    return path.resolve(name);
  }

  /** Gives the lock back; the files stay. */
  @Override
  public void close() {
    try {
      lockFile.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
