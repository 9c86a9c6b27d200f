package dev.doorward.edge.main;

import dev.doorward.auth.ca.CertificateAuthority;
import dev.doorward.auth.ca.P256;
import dev.doorward.auth.ca.StoredAuthority;
import dev.doorward.auth.store.Database;
import dev.doorward.auth.store.Sealer;
import dev.doorward.common.identity.AgentId;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.Principal;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import javax.net.ssl.X509ExtendedKeyManager;
import org.jspecify.annotations.Nullable;

/** Shows one certificate, whatever the server asks for. */
final class Certified extends X509ExtendedKeyManager {
  private final List<X509Certificate> chain;
  private final PrivateKey key;

  private Certified(List<X509Certificate> chain, PrivateKey key) {
    this.chain = chain;
    this.key = key;
  }

  /**
   * A certificate that lets nobody in.
   *
   * @param name {@code agent} or {@code edge-unknown}, of the CA in {@code dataDir}; or {@code
   *     foreign}, of one that is made in {@code temp}
   */
  static Certified as(String name, Path dataDir, Path temp) throws Exception {
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
      return new Certified(
          name.equals("agent")
              ? authority.agent(new AgentId("home"), pair.getPublic(), life)
              : authority.edge("vps", pair.getPublic(), life),
          pair.getPrivate());
    }
  }

  @Override
  public String[] getClientAliases(String type, Principal @Nullable [] issuers) {
    return new String[] {"one"};
  }

  @Override
  public String chooseClientAlias(
      String[] types, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return "one";
  }

  @Override
  public String @Nullable [] getServerAliases(String type, Principal @Nullable [] issuers) {
    return null;
  }

  @Override
  public @Nullable String chooseServerAlias(
      String type, Principal @Nullable [] issuers, @Nullable Socket socket) {
    return null;
  }

  @Override
  public X509Certificate[] getCertificateChain(String alias) {
    return chain.toArray(X509Certificate[]::new);
  }

  @Override
  public PrivateKey getPrivateKey(String alias) {
    return key;
  }
}
