package dev.doorward.auth.login;

import static dev.doorward.auth.fixture.Outcomes.ok;
import static org.assertj.core.api.Assertions.assertThat;

import dev.doorward.auth.fixture.Outcomes;
import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Reason;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;

class PasswordHasherTest {
  private static final PasswordHasher.Cost CHEAP = new PasswordHasher.Cost(64, 1);

  @Test
  void hashIsArgon2idAtTheFloorThatOwaspNames() {
    try (var hasher = hasher(PasswordHasher.Cost.STANDARD)) {
      String phc = ok(hasher.hash("seven ducks in a hurry"));

      assertThat(phc).startsWith("$argon2id$v=19$m=19456,t=2,p=1$");
      assertThat(ok(hasher.matches("seven ducks in a hurry", Optional.of(phc)))).isTrue();
      assertThat(ok(hasher.matches("seven ducks in a hurrY", Optional.of(phc)))).isFalse();
      assertThat(hasher.isDated(phc)).isFalse();
    }
  }

  @Test
  void saltIsFreshAndAnOldCostStillMatches() {
    try (var hasher = hasher(CHEAP);
        var dearer = hasher(new PasswordHasher.Cost(128, 1))) {
      String phc = ok(hasher.hash("x"));

      assertThat(ok(hasher.hash("x"))).isNotEqualTo(phc);
      assertThat(ok(dearer.matches("x", Optional.of(phc)))).isTrue();
      assertThat(dearer.isDated(phc)).isTrue();
    }
  }

  @Test
  void knownAnswerOfTheReferenceImplementation() {
    // echo -n password | argon2 somesalt -id -t 2 -k 65536 -p 1 -l 32
    String phc =
        "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$"
            + "CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc";
    try (var hasher = hasher(CHEAP)) {
      assertThat(ok(hasher.matches("password", Optional.of(phc)))).isTrue();
    }
  }

  @Test
  void personWithoutAPasswordNeverMatches() {
    try (var hasher = hasher(CHEAP)) {
      assertThat(ok(hasher.matches("of nobody", Optional.empty()))).isFalse();
    }
  }

  @Test
  void refusesWhoComesWhenTheQueueIsFull() throws Exception {
    // One at a time and 64 in the queue: of very many at once, some must be refused, none lost.
    var together = new CountDownLatch(1);
    List<Future<Outcome<String>>> answers = new ArrayList<>();
    try (var hasher = new PasswordHasher(new SecureRandom(), new PasswordHasher.Cost(4096, 1), 1);
        var threads = Executors.newCachedThreadPool()) {
      for (int i = 0; i < 200; i++) {
        answers.add(
            threads.submit(() -> {
              together.await();
              return hasher.hash("x");
            }));
      }
      together.countDown();
      int hashed = 0;
      for (Future<Outcome<String>> answer : answers) {
        if (answer.get() instanceof Outcome.Ok<String>) {
          hashed++;
        } else {
          assertThat(Outcomes.problem(answer.get()).reason()).isEqualTo(Reason.OVERLOADED);
        }
      }
      assertThat(hashed).isBetween(65, 199);
    }
  }

  private static PasswordHasher hasher(PasswordHasher.Cost cost) {
    return new PasswordHasher(new SecureRandom(), cost, 2);
  }
}
