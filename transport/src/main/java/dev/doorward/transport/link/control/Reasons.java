package dev.doorward.transport.link.control;

import dev.doorward.common.outcome.Reason;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Reason codes as they come over the wire. */
public final class Reasons {
  private static final Map<String, Reason> BY_CODE =
      Arrays.stream(Reason.values())
          .collect(Collectors.toUnmodifiableMap(Reason::code, Function.identity()));

  private Reasons() {}

  /** The reason of a code, or empty where this version does not know it. */
  public static Optional<Reason> find(String code) {
    return Optional.ofNullable(BY_CODE.get(code));
  }
}
