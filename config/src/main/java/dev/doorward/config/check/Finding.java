package dev.doorward.config.check;

import dev.doorward.common.outcome.Reason;

/**
 * One thing that is wrong with a configuration.
 *
 * @param source the file, or the environment variable
 * @param line line in the file, from 1; 0 where there is none
 * @param key dotted path of the key, empty where it is about the whole file
 * @param text one sentence: what is wrong, the bound, what would be right
 */
public record Finding(String source, int line, String key, Reason reason, String text) {
  /** {@code source:line: key: text}, for one line of a terminal. */
  @Override
  public String toString() {
    return source + (line > 0 ? ":" + line : "") + ": " + (key.isEmpty() ? "" : key + ": ") + text;
  }
}
