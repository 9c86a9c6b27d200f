package dev.doorward.edge.main;

import dev.doorward.auth.ca.CertificateAuthority;
import dev.doorward.auth.ca.P256;
import dev.doorward.auth.ca.StoredAuthority;
import dev.doorward.auth.store.Database;
import dev.doorward.auth.store.Sealer;
import dev.doorward.common.identity.AgentId;
import dev.doorward.transport.tls.TlsIdentity;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;

/** Certificates that let nobody in. */
final class Certified {
  private Certified() {}

  /**
   * A certificate that lets nobody in.
   *
   * @param name {@code agent} or {@code edge-unknown}, of the CA in {@code dataDir}; or {@code
   *     foreign}, of one that is made in {@code temp}
   */
  static TlsIdentity as(String name, Path dataDir, Path temp) throws Exception {
    Path of = name.equals("foreign") ? temp.resolve("foreign") : dataDir;
    if (!Files.exists(of)) {
      Files.createDirectory(
          of, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }
    var random = new SecureRandom();
    KeyPair pair = P256.generate(random);
    Duration life = Duration.ofHours(1);
    try (Database database = Database.open(of)) {
      CertificateAuthority authority =
          ServedEdge.value(
              Sealer.open(of, random)
                  .then(sealer ->
                      StoredAuthority.open(database, sealer, InstantSource.system(), random)));
      return new TlsIdentity(
          name.equals("agent")
              ? authority.agent(new AgentId("home"), pair.getPublic(), life)
              : authority.edge("vps", pair.getPublic(), life),
          pair.getPrivate());
    }
  }
}
