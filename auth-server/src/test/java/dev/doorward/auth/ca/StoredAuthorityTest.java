package dev.doorward.auth.ca;

import static dev.doorward.auth.fixture.Outcomes.ok;
import static dev.doorward.auth.fixture.Outcomes.problem;
import static org.assertj.core.api.Assertions.assertThat;

import dev.doorward.auth.fixture.SetClock;
import dev.doorward.auth.store.Database;
import dev.doorward.auth.store.Sealer;
import dev.doorward.common.identity.AgentId;
import dev.doorward.common.outcome.Reason;
import dev.doorward.config.data.PrivateFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.Date;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StoredAuthorityTest {
  private static final Duration WEEK = Duration.ofDays(7);

  @TempDir Path dataDir;
  private final SetClock clock = new SetClock();
  private final SecureRandom random = new SecureRandom();
  private Database database;
  private CertificateAuthority authority;

  @BeforeEach
  void open() {
    database = Database.open(dataDir);
    authority = ok(StoredAuthority.open(database, ok(Sealer.open(dataDir, random)), clock, random));
  }

  @AfterEach
  void close() {
    database.close();
  }

  @Test
  void rootSignsLeavesOnlyForTenYears() throws Exception {
    X509Certificate root = authority.root();

    root.verify(root.getPublicKey());
    assertThat(root.getBasicConstraints()).isZero();
    boolean[] usage = root.getKeyUsage();
    assertThat(usage[0]).as("digitalSignature").isTrue();
    assertThat(usage[5]).as("keyCertSign").isTrue();
    assertThat(usage[6]).as("cRLSign").isTrue();
    assertThat(root.getCriticalExtensionOIDs()).contains("2.5.29.19", "2.5.29.15");
    assertThat(root.getNotAfter().toInstant())
        .isEqualTo(clock.instant().plus(3650, ChronoUnit.DAYS));
  }

  @Test
  void agentCertificateHasTheOneUriAndOpensLinksOnly() throws Exception {
    KeyPair pair = P256.generate(random);

    List<X509Certificate> chain = authority.agent(new AgentId("nas"), pair.getPublic(), WEEK);

    X509Certificate leaf = chain.getFirst();
    validate(chain);
    assertThat(chain).hasSize(2).last().isEqualTo(authority.root());
    assertThat(leaf.getPublicKey().getEncoded()).isEqualTo(pair.getPublic().getEncoded());
    assertThat(leaf.getSubjectX500Principal().getName()).isEmpty();
    assertThat(leaf.getSubjectAlternativeNames())
        .containsExactly(List.of(6, "spiffe://doorward/agent/nas"));
    assertThat(leaf.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.2");
    assertThat(leaf.getBasicConstraints()).isEqualTo(-1);
    assertThat(leaf.getNotBefore().toInstant()).isEqualTo(clock.instant().minusSeconds(60));
    assertThat(leaf.getNotAfter().toInstant()).isEqualTo(clock.instant().plus(WEEK));
  }

  @Test
  void serverCertificateHasTheNamesAndAddressesThatWereAskedFor() throws Exception {
    var identity =
        authority.server(
            List.of("edge.example", "localhost", "127.0.0.1", "[::1]", "link.doorward.internal"),
            WEEK);

    validate(identity.chain());
    X509Certificate leaf = identity.chain().getFirst();
    assertThat(leaf.getSubjectAlternativeNames())
        .containsExactlyInAnyOrder(
            List.of(2, "edge.example"),
            List.of(2, "localhost"),
            List.of(2, "link.doorward.internal"),
            List.of(7, "127.0.0.1"),
            List.of(7, "0:0:0:0:0:0:0:1"));
    assertThat(leaf.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.1");
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, null);
    store.setKeyEntry(
        "edge", identity.key(), new char[0], identity.chain().toArray(new X509Certificate[0]));
    assertThat(store.isKeyEntry("edge")).isTrue();
  }

  @Test
  void leafNeverOutlivesTheRoot() {
    clock.advance(Duration.ofDays(3649));

    X509Certificate leaf = authority.server(List.of("edge.example"), WEEK).chain().getFirst();

    assertThat(leaf.getNotAfter()).isEqualTo(authority.root().getNotAfter());
  }

  @Test
  void rootIsTheSameAfterARestartAndStillSigns() throws Exception {
    X509Certificate before = authority.root();
    database.close();
    open();

    assertThat(authority.root()).isEqualTo(before);
    validate(authority.server(List.of("edge.example"), WEEK).chain());
  }

  @Test
  void keyIsNotReadableInTheDatabaseFilesAndNotWithoutItsSealKey() throws Exception {
    PrivateFile.write(dataDir.resolve("seal.key"), new byte[32]);

    assertThat(
            problem(StoredAuthority.open(database, ok(Sealer.open(dataDir, random)), clock, random))
                .reason())
        .isEqualTo(Reason.STORE_FAILED);
    // Every P-256 private key in PKCS#8 starts with the same bytes.
    byte[] any = P256.generate(random).getPrivate().getEncoded();
    String start = new String(any, 0, 26, StandardCharsets.ISO_8859_1);
    try (var files = Files.list(dataDir)) {
      for (Path file : files.toList()) {
        assertThat(Files.readString(file, StandardCharsets.ISO_8859_1)).doesNotContain(start);
      }
    }
  }

  private void validate(List<X509Certificate> chain) throws Exception {
    var parameters = new PKIXParameters(Set.of(new TrustAnchor(authority.root(), null)));
    parameters.setRevocationEnabled(false);
    parameters.setDate(Date.from(clock.instant()));
    CertPathValidator.getInstance("PKIX")
        .validate(
            CertificateFactory.getInstance("X.509").generateCertPath(chain.subList(0, 1)),
            parameters);
  }
}
