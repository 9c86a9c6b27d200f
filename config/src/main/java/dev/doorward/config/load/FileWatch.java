package dev.doorward.config.load;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.util.Optional;

/**
 * Tells when a file is another than at the last look: by its time, its size and, where the system
 * has one, its identity. For one thread at a time; blocks on the disk.
 */
public final class FileWatch {
  private final Path file;
  private Optional<Stamp> last;

  private record Stamp(FileTime modified, long size, String identity) {}

  /** Looks at the file for the first time. */
  public FileWatch(Path file) {
    this.file = file;
    this.last = look();
  }

  /** Whether the file has changed, come or gone since the last look. */
  public boolean changed() {
    Optional<Stamp> now = look();
    boolean other = !now.equals(last);
    last = now;
    return other;
  }

  private Optional<Stamp> look() {
    try {
      BasicFileAttributes found = Files.readAttributes(file, BasicFileAttributes.class);
      return Optional.of(
          new Stamp(found.lastModifiedTime(), found.size(), String.valueOf(found.fileKey())));
    } catch (IOException e) {
      return Optional.empty();
    }
  }
}
