package dev.doorward.auth.store;

import static dev.doorward.auth.fixture.Outcomes.ok;
import static dev.doorward.auth.fixture.Outcomes.problem;
import static org.assertj.core.api.Assertions.assertThat;

import dev.doorward.common.outcome.Reason;
import dev.doorward.config.data.PrivateFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SealerTest {
  private static final byte[] PLAIN = "a private key".getBytes(StandardCharsets.UTF_8);

  @TempDir Path dataDir;
  private final SecureRandom random = new SecureRandom();

  @Test
  void whatWasSealedIsOpenedAfterARestart() throws Exception {
    byte[] sealed = ok(Sealer.open(dataDir, random)).seal("authority", PLAIN);

    assertThat(new String(sealed, StandardCharsets.ISO_8859_1)).doesNotContain("private");
    assertThat(ok(ok(Sealer.open(dataDir, random)).open("authority", sealed))).isEqualTo(PLAIN);
    assertThat(
            PosixFilePermissions.toString(
                Files.getPosixFilePermissions(dataDir.resolve("seal.key"))))
        .isEqualTo("rw-------");
    assertThat(Files.size(dataDir.resolve("seal.key"))).isEqualTo(32);
  }

  @Test
  void sameContentIsSealedDifferentlyEachTime() {
    Sealer sealer = ok(Sealer.open(dataDir, random));

    assertThat(sealer.seal("a", PLAIN)).isNotEqualTo(sealer.seal("a", PLAIN));
  }

  @Test
  void valueOfAnotherPurposeIsRefused() {
    Sealer sealer = ok(Sealer.open(dataDir, random));

    assertThat(problem(sealer.open("signing-key", sealer.seal("authority", PLAIN))).reason())
        .isEqualTo(Reason.STORE_FAILED);
  }

  @Test
  void changedOrCutValueAndOtherSealKeyAreRefused() throws Exception {
    Sealer sealer = ok(Sealer.open(dataDir, random));
    byte[] sealed = sealer.seal("authority", PLAIN);
    for (int i = 0; i < sealed.length; i++) {
      byte[] changed = sealed.clone();
      changed[i] ^= 1;
      assertThat(problem(sealer.open("authority", changed)).reason())
          .isEqualTo(Reason.STORE_FAILED);
      assertThat(problem(sealer.open("authority", Arrays.copyOf(sealed, i))).reason())
          .isEqualTo(Reason.STORE_FAILED);
    }

    PrivateFile.write(dataDir.resolve("seal.key"), new byte[32]);
    assertThat(problem(ok(Sealer.open(dataDir, random)).open("authority", sealed)).text())
        .contains("from the same backup");
  }

  @Test
  void sealKeyThatOthersMayReadOrOfAnotherLengthIsRefused() throws Exception {
    ok(Sealer.open(dataDir, random));
    Path file = dataDir.resolve("seal.key");

    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r-----"));
    assertThat(problem(Sealer.open(dataDir, random)).reason()).isEqualTo(Reason.FILE_MODE_REFUSED);

    PrivateFile.write(file, new byte[31]);
    assertThat(problem(Sealer.open(dataDir, random)).text()).contains("not a seal key of 32 bytes");
  }
}
