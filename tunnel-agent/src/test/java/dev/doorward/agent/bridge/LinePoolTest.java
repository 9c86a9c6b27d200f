package dev.doorward.agent.bridge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.doorward.agent.connect.BackendHealth;
import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Problem;
import dev.doorward.common.outcome.Reason;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class LinePoolTest implements ServerLine.Listener, ServerLine {
  private static final Problem BROKEN = new Problem(Reason.BACKEND_ABORTED, "broken");

  private final AtomicLong now = new AtomicLong();
  private final List<ServerLine.Listener> opened = new ArrayList<>();
  private final List<BackendHealth> told = new ArrayList<>();
  private final LinePool pool =
      new LinePool(
          listener -> {
            opened.add(listener);
            return Outcome.ok(this);
          },
          2,
          now::get,
          told::add);

  @Override
  public void onMessage(byte[] message) {}

  @Override
  public void onEnd(Reason reason, String text) {}

  @Override
  public boolean send(byte[] message) {
    return true;
  }

  @Override
  public void stop() {}

  private boolean opens() {
    return pool.open(this) instanceof Outcome.Ok<ServerLine>;
  }

  private void pass(Duration time) {
    now.addAndGet(time.toNanos());
  }

  @Test
  void linesAreBoundedAndOneThatEndedMakesRoomOnce() {
    assertThat(opens()).isTrue();
    assertThat(opens()).isTrue();
    assertThat(opens()).isFalse();
    assertThat(pool.full()).isTrue();

    opened.getFirst().onEnd(Reason.BACKEND_ABORTED, "");
    opened.getFirst().onEnd(Reason.BACKEND_ABORTED, "");

    assertThat(opens()).isTrue();
    assertThat(opens()).isFalse();
  }

  @Test
  void eachFailureIsWaitedAfterLongerAndSuccessForgetsThem() {
    pool.failed(BROKEN);
    assertThat(opens()).isFalse();
    pass(Duration.ofSeconds(1));
    pool.failed(BROKEN);
    pass(Duration.ofMillis(1_999));
    assertThat(opens()).isFalse();
    pass(Duration.ofMillis(1));
    assertThat(opens()).isTrue();

    pool.worked();
    pool.failed(BROKEN);
    pass(Duration.ofSeconds(1));
    assertThat(opens()).isTrue();
    assertThat(told)
        .containsExactly(
            new BackendHealth.Down(BROKEN), new BackendHealth.Up(), new BackendHealth.Down(BROKEN));
  }

  @Test
  void oneCallerWhoseLinesFailDoesNotHoldUpTheOthers() {
    pool.failedForOne(BROKEN);
    pool.failedForOne(BROKEN);
    assertThat(told).isEmpty();
    assertThat(opens()).isTrue();
    pool.worked();
    pool.failedForOne(BROKEN);
    pool.failedForOne(BROKEN);
    pool.failedForOne(BROKEN);
    assertThat(opens()).isFalse();
  }
}
