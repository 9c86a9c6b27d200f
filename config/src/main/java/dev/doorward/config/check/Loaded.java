package dev.doorward.config.check;

import dev.doorward.common.outcome.Outcome;
import java.util.List;
import java.util.stream.Collectors;

/** What became of reading a configuration. */
public sealed interface Loaded<T> {
  /** It is whole and within its bounds. */
  record Ready<T>(T value) implements Loaded<T> {}

  /** Everything that is wrong with it, in the order of the file; never empty. */
  record Refused<T>(List<Finding> findings) implements Loaded<T> {
    /** Copies the findings. */
    public Refused {
      findings = List.copyOf(findings);
    }
  }

  /** The value, or one problem that has the first reason and every finding, one a line. */
  default Outcome<T> outcome() {
    return switch (this) {
      case Ready<T>(T value) -> Outcome.ok(value);
      case Refused<T>(List<Finding> findings) ->
          Outcome.failed(
              findings.getFirst().reason(),
              findings.stream().map(Finding::toString).collect(Collectors.joining("\n")));
    };
  }
}
