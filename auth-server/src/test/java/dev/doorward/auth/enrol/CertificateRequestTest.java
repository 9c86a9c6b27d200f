package dev.doorward.auth.enrol;

import static dev.doorward.auth.fixture.Outcomes.ok;
import static dev.doorward.auth.fixture.Outcomes.problem;
import static org.assertj.core.api.Assertions.assertThat;

import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Reason;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class CertificateRequestTest {
  private final KeyPair pair = Requests.pair("secp256r1");

  @Test
  void keyOfAProperRequestIsTaken() {
    assertThat(ok(CertificateRequest.read(Requests.of(pair))).key().getEncoded())
        .isEqualTo(pair.getPublic().getEncoded());
  }

  @Test
  void requestSignedByAnotherKeyIsRefused() {
    byte[] der = Requests.signed(pair, Requests.pair("secp256r1"), "SHA256withECDSA", "CN=nas");

    assertRefused(der, "not signed by the key that it carries");
  }

  @Test
  void otherCurvesKindsOfKeyAndHashesAreRefused() throws Exception {
    KeyPair p384 = Requests.pair("secp384r1");
    KeyPairGenerator rsa = KeyPairGenerator.getInstance("RSA");
    rsa.initialize(2048);
    KeyPair rsaPair = rsa.generateKeyPair();

    assertRefused(Requests.of(p384), "not on the curve P-256");
    assertRefused(
        Requests.signed(rsaPair, rsaPair, "SHA256withRSA", "CN=nas"), "not on the curve P-256");
    assertRefused(
        Requests.signed(pair, pair, "SHA1withECDSA", "CN=nas"),
        "not signed with ECDSA and SHA-256");
  }

  @Test
  void longRequestIsRefusedUnread() {
    byte[] der = Arrays.copyOf(Requests.of(pair), CertificateRequest.MAX_LENGTH + 1);

    assertRefused(der, "longer than 4096 bytes");
  }

  @Test
  void trailingBytesAreRefused() {
    byte[] der = Requests.of(pair);

    assertRefused(Arrays.copyOf(der, der.length + 1), "not a PKCS#10 request");
  }

  @Test
  void changedBytesNeverGiveAKeyNorAnException() {
    byte[] der = Requests.of(pair);
    Random random = new Random(20261120);
    for (int i = 0; i < 3_000; i++) {
      byte[] changed =
          Arrays.copyOf(der, random.nextInt(10) == 0 ? random.nextInt(der.length) : der.length);
      for (int n = random.nextInt(3); n >= 0 && changed.length > 0; n--) {
        changed[random.nextInt(changed.length)] = (byte) random.nextInt(256);
      }
      if (!Arrays.equals(changed, der)) {
        assertThat(CertificateRequest.read(changed)).isInstanceOf(Outcome.Failed.class);
      }
    }
  }

  private static void assertRefused(byte[] der, String sentence) {
    var problem = problem(CertificateRequest.read(der));

    assertThat(problem.reason()).isEqualTo(Reason.CSR_REFUSED);
    assertThat(problem.text()).contains(sentence);
  }
}
