package dev.doorward.common.mcp;

import dev.doorward.common.outcome.Reason;
import java.util.EnumMap;
import java.util.Map;
import java.util.Objects;

/** Leaves the reader from any depth; made once for each reason, without a stack. */
final class Refusal extends RuntimeException {
  private static final Map<Reason, Refusal> ALL = new EnumMap<>(Reason.class);

  static {
    for (Reason reason : Reason.values()) {
      ALL.put(reason, new Refusal(reason));
    }
  }

  private final Reason reason;

  private Refusal(Reason reason) {
    super(reason.code(), null, false, false);
    this.reason = reason;
  }

  static Refusal of(Reason reason) {
    return Objects.requireNonNull(ALL.get(reason));
  }

  Reason reason() {
    return reason;
  }
}
