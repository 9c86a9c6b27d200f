package dev.doorward.common.outcome;

import java.util.function.Function;

/** The result of something that may be refused; exceptions are for bugs and broken I/O only. */
public sealed interface Outcome<T> {
  /** It went well. */
  record Ok<T>(T value) implements Outcome<T> {}

  /** It was refused or failed. */
  record Failed<T>(Problem problem) implements Outcome<T> {}

  /** Shorthand for {@link Ok}. */
  static <T> Outcome<T> ok(T value) {
    return new Ok<>(value);
  }

  /** Shorthand for {@link Failed}. */
  static <T> Outcome<T> failed(Problem problem) {
    return new Failed<>(problem);
  }

  /** Shorthand for {@link Failed}. */
  static <T> Outcome<T> failed(Reason reason, String text) {
    return new Failed<>(new Problem(reason, text));
  }

  /** Goes on with the value, or passes the problem on. */
  default <U> Outcome<U> then(Function<? super T, Outcome<U>> next) {
    return switch (this) {
      case Ok<T>(T value) -> next.apply(value);
      case Failed<T>(Problem problem) -> failed(problem);
    };
  }
}
