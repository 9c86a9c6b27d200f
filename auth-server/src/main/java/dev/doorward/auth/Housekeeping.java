package dev.doorward.auth;

import dev.doorward.auth.engine.Ground;
import dev.doorward.auth.personal.PersonalTokens;
import dev.doorward.auth.store.Sweep;
import dev.doorward.auth.token.LiveGrants;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicReference;

/** Sweeps the store now and then, on the thread of whichever call comes when it is due. */
final class Housekeeping {
  private static final Duration EVERY = Duration.ofMinutes(5);

  private final Ground ground;
  private final LiveGrants grants;
  private final PersonalTokens personal;
  private final AtomicReference<Instant> due;

  Housekeeping(Ground ground, LiveGrants grants, PersonalTokens personal) {
    this.ground = ground;
    this.grants = grants;
    this.personal = personal;
    this.due = new AtomicReference<>(ground.clock().instant());
  }

  void runIfDue() {
    Instant now = ground.clock().instant();
    Instant planned = due.get();
    if (!planned.isAfter(now) && due.compareAndSet(planned, now.plus(EVERY))) {
      personal.maintain();
      grants.ranOut(ground.transact(h -> Sweep.run(h, now, ground.settings().lives())));
    }
  }
}
