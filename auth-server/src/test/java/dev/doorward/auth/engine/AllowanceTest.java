package dev.doorward.auth.engine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.doorward.auth.fixture.SetClock;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AllowanceTest {
  private static final Network A = new Network("192.0.2.1");
  private static final Network B = new Network("192.0.2.2");

  private final SetClock clock = new SetClock();
  private final Allowance allowance = new Allowance(clock, 3, Duration.ofMinutes(3));

  @Test
  void burstThenOneAtATime() {
    for (int i = 0; i < 3; i++) {
      assertThat(allowance.spend(A)).isEmpty();
    }
    assertThat(allowance.spend(A)).contains(Duration.ofMinutes(1));
    assertThat(allowance.wait(A)).contains(Duration.ofMinutes(1));
    assertThat(allowance.spend(B)).as("another network").isEmpty();

    clock.advance(Duration.ofMinutes(1));
    assertThat(allowance.wait(A)).isEmpty();
    assertThat(allowance.spend(A)).isEmpty();
    assertThat(allowance.spend(A)).isPresent();
  }

  @Test
  void refusedOnesCostNothing() {
    for (int i = 0; i < 100; i++) {
      allowance.spend(A);
    }
    clock.advance(Duration.ofMinutes(3));

    for (int i = 0; i < 3; i++) {
      assertThat(allowance.spend(A)).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource({
    "192.0.2.7, 192.0.2.7",
    "2001:db8:1:2:3:4:5:6, 20010db8000100::/56",
    "2001:db8:1:ff:ffff::1, 20010db8000100::/56",
    "2001:db8:1:100::1, 20010db8000101::/56",
    "::ffff:192.0.2.7, 192.0.2.7",
  })
  void networkIsAnAddressOrTheFirst56BitsOfOne(String address, String prefix)
      throws UnknownHostException {
    assertThat(Network.of(InetAddress.getByName(address))).hasToString(prefix);
  }
}
