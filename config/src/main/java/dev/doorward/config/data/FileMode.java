package dev.doorward.config.data;

import dev.doorward.common.outcome.Problem;
import dev.doorward.common.outcome.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/** The permissions that keep other users of the machine out. */
final class FileMode {
  private static final Set<PosixFilePermission> OTHERS =
      EnumSet.complementOf(
          EnumSet.of(
              PosixFilePermission.OWNER_READ,
              PosixFilePermission.OWNER_WRITE,
              PosixFilePermission.OWNER_EXECUTE));

  private FileMode() {}

  /** For making a directory with mode 0700. */
  static FileAttribute<Set<PosixFilePermission>> privateDirectory() {
    return PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
  }

  /** For making a file with mode 0600. */
  static FileAttribute<Set<PosixFilePermission>> privateFile() {
    return PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));
  }

  /** The problem with a file or directory that others may use, with the command that ends it. */
  static Optional<Problem> tooLoose(Path path) throws IOException {
    Set<PosixFilePermission> mode;
    try {
      mode = Files.getPosixFilePermissions(path);
    } catch (UnsupportedOperationException e) {
      return Optional.of(
          new Problem(
              Reason.FILE_MODE_REFUSED,
              path + " is on a file system without permissions; choose one that has them."));
    }
    if (mode.stream().noneMatch(OTHERS::contains)) {
      return Optional.empty();
    }
    String wanted = Files.isDirectory(path) ? "700" : "600";
    return Optional.of(
        new Problem(
            Reason.FILE_MODE_REFUSED,
            "Other users of this machine may use %s (mode %s); run: chmod %s %s"
                .formatted(path, octal(mode), wanted, path)));
  }

  private static String octal(Set<PosixFilePermission> mode) {
    int bits = 0;
    for (PosixFilePermission permission : mode) {
      bits |=
          switch (permission) {
            case OWNER_READ -> 0400;
            case OWNER_WRITE -> 0200;
            case OWNER_EXECUTE -> 0100;
            case GROUP_READ -> 0040;
            case GROUP_WRITE -> 0020;
            case GROUP_EXECUTE -> 0010;
            case OTHERS_READ -> 0004;
            case OTHERS_WRITE -> 0002;
            case OTHERS_EXECUTE -> 0001;
          };
    }
    return "%04o".formatted(bits);
  }
}
