package dev.doorward.config.log;

import dev.doorward.config.bind.Key;

/** The section {@code log}. */
public record LogConfig(
    @Key(doc = "How a log line is written: for a person, or as one JSON object.", fallback = "text")
        Format format,
    @Key(
            doc = "The least important level that is logged. The access log is written at info.",
            fallback = "info")
        Level level) {

  /** How a log line is written. */
  public enum Format {
    TEXT,
    JSON
  }

  /** Importance of a log line. */
  public enum Level {
    ERROR,
    WARN,
    INFO,
    DEBUG
  }
}
