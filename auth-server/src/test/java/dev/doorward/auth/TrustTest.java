package dev.doorward.auth;

import static dev.doorward.auth.fixture.Outcomes.ok;
import static dev.doorward.auth.fixture.Outcomes.problem;
import static org.assertj.core.api.Assertions.assertThat;

import dev.doorward.auth.fixture.Notes;
import dev.doorward.auth.fixture.SetClock;
import dev.doorward.auth.store.Database;
import dev.doorward.auth.token.KeySchedule;
import dev.doorward.common.identity.AgentId;
import dev.doorward.common.identity.Invite;
import dev.doorward.common.identity.Issuer;
import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Reason;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TrustTest {
  private static final AgentId NAS = new AgentId("nas");

  @TempDir Path dataDir;

  private Outcome<Trust> open(Database database) {
    return Trust.open(
        database,
        dataDir,
        new Issuer("https://edge.example"),
        KeySchedule.standard(Duration.ofMinutes(10)),
        new Notes(),
        new SetClock(),
        new SecureRandom());
  }

  @Test
  void rootKeysAndInvitesAreTheSameAfterARestart() {
    Trust first;
    Invite invite;
    try (Database database = Database.open(dataDir)) {
      first = ok(open(database));
      invite =
          ok(first.enrolment().invite(NAS, Set.of(), Duration.ofHours(1), Optional.empty()))
              .invite();
    }

    try (Database database = Database.open(dataDir)) {
      Trust second = ok(open(database));

      assertThat(second.authority().root()).isEqualTo(first.authority().root());
      assertThat(second.keys().jwks()).isEqualTo(first.keys().jwks());
      var outcome =
          second
              .enrolment()
              .enrol(invite.id(), invite.secret(), new byte[0], InetAddress.ofLiteral("127.0.0.1"));
      assertThat(problem(outcome).reason())
          .as("the invite is known: only the request is bad")
          .isEqualTo(Reason.CSR_REFUSED);
    }
  }

  @Test
  void sealKeyThatOthersMayReadStopsTheStartWithOneSentence() throws Exception {
    try (Database database = Database.open(dataDir)) {
      ok(open(database));
      Files.setPosixFilePermissions(
          dataDir.resolve("seal.key"), PosixFilePermissions.fromString("rw-r--r--"));

      assertThat(problem(open(database)).text())
          .isEqualTo(
              "Other users of this machine may use %1$s (mode 0644); run: chmod 600 %1$s"
                  .formatted(dataDir.resolve("seal.key")));
    }
  }
}
