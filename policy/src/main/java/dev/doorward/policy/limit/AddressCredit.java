package dev.doorward.policy.limit;

import java.util.function.LongUnaryOperator;

/** The state of address limits: one number a prefix. Safe on any thread; bounded by its keeper. */
public interface AddressCredit {
  /**
   * Replaces the number of {@code prefix} in one step and gives the old one.
   *
   * @param change from the old number, {@link Long#MIN_VALUE} for a prefix not seen lately, to the
   *     new one
   */
  long getAndUpdate(AddressPrefix prefix, LongUnaryOperator change);
}
