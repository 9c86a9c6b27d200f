package dev.doorward.config.value;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Map;

/** What {@code ~} stands for at the beginning of a path: the folder that the shell means too. */
public final class Home {
  private static final String START = "~/";

  private Home() {}

  /** {@code HOME} of the environment where it is an absolute path, else what Java says. */
  public static Path of(Map<String, String> environment) {
    String home = environment.getOrDefault("HOME", "");
    return home.startsWith("/")
        ? Path.of(home)
        : Path.of(System.getProperty("user.home", "/")).toAbsolutePath();
  }

  /** The path that {@code text} writes; throws {@link InvalidPathException} where it is none. */
  public static Path expand(String text, Path home) {
    return text.startsWith(START) ? home.resolve(text.substring(START.length())) : Path.of(text);
  }
}
