package dev.doorward.edge.main;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.doorward.policy.limit.AddressCredit;
import dev.doorward.policy.limit.AddressPrefix;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongUnaryOperator;

/**
 * The state of address limits in memory; prefixes not seen for a while, or too many, are let go.
 */
final class Credits implements AddressCredit {
  private static final int MOST = 100_000;
  private static final Duration KEPT = Duration.ofMinutes(10);

  private final Cache<AddressPrefix, AtomicLong> state =
      Caffeine.newBuilder().maximumSize(MOST).expireAfterAccess(KEPT).build();

  @Override
  public long getAndUpdate(AddressPrefix prefix, LongUnaryOperator change) {
    return state.get(prefix, _ -> new AtomicLong(Long.MIN_VALUE)).getAndUpdate(change);
  }
}
