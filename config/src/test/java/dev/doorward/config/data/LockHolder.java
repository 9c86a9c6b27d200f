package dev.doorward.config.data;

import java.io.IOException;
import java.nio.file.Path;

/** A process that takes the lock of a data directory and keeps it until it is ended. */
final class LockHolder {
  private LockHolder() {}

  public static void main(String[] args) throws IOException {
    System.out.println(
        DataDirectory.open(Path.of(args[0])).getClass().getSimpleName().equals("Ok")
            ? "held"
            : "refused");
    // The parent never writes: this waits until the parent ends it or ends itself.
    int end = System.in.read();
    System.out.println(end);
  }
}
