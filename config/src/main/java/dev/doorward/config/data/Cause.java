package dev.doorward.config.data;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;

/** The sentence for what the operating system said about a file. */
public final class Cause {
  private Cause() {}

  /** One sentence that names {@code file}. */
  public static String of(IOException e, Path file) {
    return switch (e) {
      case NoSuchFileException _ -> file + " does not exist.";
      case AccessDeniedException _ ->
          "This process may not use " + file + "; check its owner and mode.";
      case FileAlreadyExistsException _, NotDirectoryException _ ->
          file + " is in the way: a directory of that name is needed.";
      default -> file + " cannot be used: " + e.getMessage() + ".";
    };
  }
}
