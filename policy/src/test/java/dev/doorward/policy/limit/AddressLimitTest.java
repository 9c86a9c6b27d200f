package dev.doorward.policy.limit;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AddressLimitTest {
  private static final Instant NOW = Instant.parse("2026-11-20T12:00:00Z");

  private final Map<AddressPrefix, Long> state = new HashMap<>();
  private final AddressCredit credit =
      (prefix, change) -> {
        long old = state.getOrDefault(prefix, Long.MIN_VALUE);
        state.put(prefix, change.applyAsLong(old));
        return old;
      };
  private final AddressLimit limit = new AddressLimit(10, 5);

  private static InetAddress address(String text) throws Exception {
    return InetAddress.getByName(text);
  }

  private boolean taken(String address, Instant at) throws Exception {
    return limit.take(address(address), credit, at) instanceof AddressLimit.Outcome.Taken;
  }

  @Test
  void aBurstPassesAndThenTheRate() throws Exception {
    for (int i = 0; i < 5; i++) {
      assertThat(taken("192.0.2.1", NOW)).isTrue();
    }
    assertThat(limit.take(address("192.0.2.1"), credit, NOW))
        .isEqualTo(new AddressLimit.Outcome.Spent(Duration.ofMillis(100)));

    assertThat(taken("192.0.2.1", NOW.plusMillis(99))).isFalse();
    assertThat(taken("192.0.2.1", NOW.plusMillis(100))).isTrue();
    assertThat(taken("192.0.2.1", NOW.plusMillis(100))).isFalse();
  }

  @Test
  void refusedOnesAreNotCounted() throws Exception {
    for (int i = 0; i < 1000; i++) {
      boolean _ = taken("192.0.2.1", NOW);
    }
    assertThat(taken("192.0.2.1", NOW.plusMillis(100))).isTrue();
  }

  @Test
  void otherAddressesHaveTheirOwnCredit() throws Exception {
    for (int i = 0; i < 6; i++) {
      boolean _ = taken("192.0.2.1", NOW);
    }
    assertThat(taken("192.0.2.2", NOW)).isTrue();
  }

  @Test
  void ipv6CountsByTheHousehold() throws Exception {
    assertThat(AddressPrefix.of(address("2001:db8:0:1200::1")))
        .isEqualTo(AddressPrefix.of(address("2001:db8:0:12ff:ffff::9")))
        .isNotEqualTo(AddressPrefix.of(address("2001:db8:0:1300::1")));
    assertThat(AddressPrefix.of(address("::ffff:192.0.2.1")))
        .isEqualTo(AddressPrefix.of(address("192.0.2.1")));
  }

  @Test
  void aClockThatSteppedBackOnlyWaits() throws Exception {
    assertThat(taken("192.0.2.1", NOW)).isTrue();
    assertThat(taken("192.0.2.1", NOW.minusSeconds(3600))).isFalse();
    assertThat(taken("192.0.2.1", NOW)).isTrue();
  }
}
