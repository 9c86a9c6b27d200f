package dev.doorward.auth.ca;

import dev.doorward.auth.store.Database;
import dev.doorward.auth.store.Sealer;
import dev.doorward.common.identity.AgentId;
import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.token.KeyStatement;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.Signature;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/** The internal CA whose root lies in the database, its key sealed. */
public final class StoredAuthority implements CertificateAuthority {
  private static final Duration ROOT_LIFE = Duration.ofDays(3650);
  private static final String PURPOSE = "authority";

  private final CertificateWriter.Signer signer;
  private final CertificateWriter writer;
  private final SecureRandom random;
  private final InstantSource clock;

  private StoredAuthority(
      CertificateWriter.Signer signer,
      CertificateWriter writer,
      SecureRandom random,
      InstantSource clock) {
    this.signer = signer;
    this.writer = writer;
    this.random = random;
    this.clock = clock;
  }

  /** Reads the root from the database; makes it at the first start. Blocks. */
  public static Outcome<CertificateAuthority> open(
      Database database, Sealer sealer, InstantSource clock, SecureRandom random) {
    var writer = new CertificateWriter(random);
    Outcome<CertificateWriter.Signer> signer =
        database
            .jdbi()
            .inTransaction(h -> {
              Optional<Row> row =
                  h.createQuery("select certificate, sealed_key from authority")
                      .map((r, _) -> new Row(r.getBytes(1), r.getBytes(2)))
                      .findOne();
              if (row.isPresent()) {
                return sealer
                    .open(PURPOSE, row.get().sealedKey())
                    .then(key -> Outcome.ok(row.get().signer(key)));
              }
              KeyPair pair = P256.generate(random);
              X509Certificate root = writer.root(pair, clock.instant(), ROOT_LIFE);
              h.createUpdate("insert into authority values (1, :certificate, :key, :now)")
                  .bind("certificate", encoded(root))
                  .bind("key", sealer.seal(PURPOSE, pair.getPrivate().getEncoded()))
                  .bind("now", clock.millis())
                  .execute();
              return Outcome.ok(new CertificateWriter.Signer(root, pair.getPrivate()));
            });
    return signer.then(s -> Outcome.ok(new StoredAuthority(s, writer, random, clock)));
  }

  private record Row(byte[] certificate, byte[] sealedKey) {
    CertificateWriter.Signer signer(byte[] key) {
      try {
        X509Certificate root =
            (X509Certificate)
                CertificateFactory.getInstance("X.509")
                    .generateCertificate(new ByteArrayInputStream(certificate));
        return new CertificateWriter.Signer(root, P256.privateKey(key));
      } catch (CertificateException e) {
        throw new IllegalStateException("not a certificate that was written here", e);
      }
    }
  }

  @Override
  public X509Certificate root() {
    return signer.root();
  }

  @Override
  public Identity server(List<String> names, Duration life) {
    KeyPair pair = P256.generate(random);
    X509Certificate leaf = writer.server(signer, pair.getPublic(), names, clock.instant(), life);
    return new Identity(List.of(leaf, signer.root()), pair.getPrivate());
  }

  @Override
  public List<X509Certificate> server(PublicKey key, List<String> names, Duration life) {
    return List.of(writer.server(signer, key, names, clock.instant(), life), signer.root());
  }

  @Override
  public List<X509Certificate> edge(String name, PublicKey key, Duration life) {
    String uri = "spiffe://doorward/edge/" + name;
    return List.of(writer.client(signer, key, uri, clock.instant(), life), signer.root());
  }

  @Override
  public List<X509Certificate> agent(AgentId agent, PublicKey key, Duration life) {
    String uri = "spiffe://doorward/agent/" + agent.value();
    return List.of(writer.client(signer, key, uri, clock.instant(), life), signer.root());
  }

  @Override
  public String signKeyStatement(byte[] payload) {
    String header = "{\"alg\":\"ES256\",\"typ\":\"" + KeyStatement.TYPE + "\"}";
    Base64.Encoder base64 = Base64.getUrlEncoder().withoutPadding();
    String input =
        base64.encodeToString(header.getBytes(StandardCharsets.US_ASCII))
            + "."
            + base64.encodeToString(payload);
    return input + "." + base64.encodeToString(sign(signer.key(), input));
  }

  private byte[] sign(PrivateKey key, String input) {
    try {
      Signature signature = Signature.getInstance("SHA256withECDSAinP1363Format");
      signature.initSign(key, random);
      signature.update(input.getBytes(StandardCharsets.US_ASCII));
      return signature.sign();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform that runs this has ES256", e);
    }
  }

  private static byte[] encoded(X509Certificate certificate) {
    try {
      return certificate.getEncoded();
    } catch (CertificateException e) {
      throw new IllegalStateException("a certificate that was just written", e);
    }
  }
}
