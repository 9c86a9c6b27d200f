package dev.doorward.agent.fake;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import dev.doorward.common.identity.AgentId;
import dev.doorward.common.identity.Fingerprint;
import dev.doorward.common.identity.Issuer;
import dev.doorward.common.identity.ServiceName;
import dev.doorward.transport.tls.TlsIdentity;
import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequest;

/** The internal CA and the issuer's signing key, for tests. */
public final class FakeAuthority {
  /** The issuer of all tests. */
  public static final Issuer ISSUER = new Issuer("https://edge.example");

  private static final AtomicLong SERIAL = new AtomicLong(1);

  private final KeyPair caKey = keyPair();
  private final KeyPair signingKey = keyPair();
  private final X509Certificate root;

  /** A CA and a signing key, both fresh. */
  public FakeAuthority() {
    X500Principal name = new X500Principal("CN=fake ca");
    root =
        certify(
            name,
            name,
            caKey.getPublic(),
            Instant.now().minus(Duration.ofDays(1)),
            Instant.now().plus(Duration.ofDays(10)),
            builder ->
                builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0)));
  }

  /** The CA's certificate. */
  public X509Certificate root() {
    return root;
  }

  /** What an invite pins. */
  public Fingerprint pin() {
    try {
      return Fingerprint.of(root.getEncoded());
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  /** A server's certificate for a DNS name or an address. */
  public TlsIdentity server(String name) {
    return server(name, Instant.now().minusSeconds(60), Instant.now().plus(Duration.ofDays(1)));
  }

  /** A server's certificate with a time of its own. */
  public TlsIdentity server(String name, Instant from, Instant until) {
    KeyPair key = keyPair();
    boolean address = name.matches("[0-9.]+|.*:.*");
    return new TlsIdentity(
        List.of(
            leaf(
                key.getPublic(),
                new GeneralName(address ? GeneralName.iPAddress : GeneralName.dNSName, name),
                KeyPurposeId.id_kp_serverAuth,
                from,
                until),
            root),
        key.getPrivate());
  }

  /** An agent's chain for the key of a request. */
  public List<X509Certificate> agent(AgentId agent, byte[] csr, Instant from, Instant until) {
    try {
      PublicKey key = new JcaPKCS10CertificationRequest(csr).getPublicKey();
      return List.of(
          leaf(
              key,
              new GeneralName(
                  GeneralName.uniformResourceIdentifier, "spiffe://doorward/agent/" + agent),
              KeyPurposeId.id_kp_clientAuth,
              from,
              until),
          root);
    } catch (IOException | GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private X509Certificate leaf(
      PublicKey key, GeneralName name, KeyPurposeId purpose, Instant from, Instant until) {
    return certify(
        root.getSubjectX500Principal(),
        new X500Principal("CN=leaf"),
        key,
        from,
        until,
        builder -> {
          builder.addExtension(Extension.subjectAlternativeName, true, new GeneralNames(name));
          builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(purpose));
        });
  }

  private interface Extensions {
    void add(X509v3CertificateBuilder builder) throws IOException;
  }

  private X509Certificate certify(
      X500Principal issuer,
      X500Principal subject,
      PublicKey key,
      Instant from,
      Instant until,
      Extensions extensions) {
    try {
      X509v3CertificateBuilder builder =
          new JcaX509v3CertificateBuilder(
              issuer,
              BigInteger.valueOf(SERIAL.incrementAndGet()),
              Date.from(from),
              Date.from(until),
              subject,
              key);
      extensions.add(builder);
      return new JcaX509CertificateConverter()
          .getCertificate(
              builder.build(
                  new JcaContentSignerBuilder("SHA256withECDSA").build(caKey.getPrivate())));
    } catch (IOException | OperatorCreationException | GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  /** A statement of the signing key, by the CA. */
  public String statement(long seq) {
    return statement(seq, caKey, Instant.now().plus(Duration.ofDays(7)));
  }

  /** A statement that somebody else signed. */
  public String forgedStatement(long seq) {
    return statement(seq, signingKey, Instant.now().plus(Duration.ofDays(7)));
  }

  /** A statement that ends at {@code until}. */
  public String statement(long seq, Instant until) {
    return statement(seq, caKey, until);
  }

  private String statement(long seq, KeyPair signer, Instant until) {
    Map<String, Object> payload = new LinkedHashMap<>();
    payload.put("iss", ISSUER.value());
    payload.put("iat", Instant.now().getEpochSecond() - 10);
    payload.put("exp", until.getEpochSecond());
    payload.put("seq", seq);
    payload.put(
        "keys",
        List.of(
            new ECKey.Builder(Curve.P_256, (ECPublicKey) signingKey.getPublic())
                .keyID("k1")
                .build()
                .toJSONObject()));
    return sign(
        new JWSHeader.Builder(JWSAlgorithm.ES256)
            .type(new JOSEObjectType("doorward-keys+jwt"))
            .build(),
        payload,
        signer);
  }

  /** A good token for a service, 5 minutes. */
  public String token(ServiceName service) {
    return token(Map.of("aud", ISSUER.resourceOf(service).value()));
  }

  /** A token with some claims of its own. */
  public String token(Map<String, Object> claims) {
    return token(claims, signingKey);
  }

  /** A token that a stranger signed under the issuer's key name. */
  public String forgedToken(ServiceName service) {
    return token(Map.of("aud", ISSUER.resourceOf(service).value()), keyPair());
  }

  private static String token(Map<String, Object> claims, KeyPair key) {
    long now = Instant.now().getEpochSecond();
    Map<String, Object> payload = new LinkedHashMap<>();
    payload.put("iss", ISSUER.value());
    payload.put("sub", "person-1");
    payload.put("aud", ISSUER.resourceOf(new ServiceName("notes")).value());
    payload.put("iat", now - 5);
    payload.put("exp", now + 300);
    payload.put("jti", UUID.randomUUID().toString());
    payload.put("client_id", "client-1");
    payload.put("scope", "mcp");
    payload.put("gid", "grant-1");
    payload.put("preferred_username", "ada");
    payload.putAll(claims);
    return sign(
        new JWSHeader.Builder(JWSAlgorithm.ES256)
            .type(new JOSEObjectType("at+jwt"))
            .keyID("k1")
            .build(),
        payload,
        key);
  }

  private static String sign(JWSHeader header, Map<String, Object> payload, KeyPair key) {
    try {
      JWSObject jws = new JWSObject(header, new Payload(payload));
      jws.sign(new ECDSASigner((ECPrivateKey) key.getPrivate()));
      return jws.serialize();
    } catch (JOSEException e) {
      throw new AssertionError(e);
    }
  }

  /** A new key. */
  public static KeyPair keyPair() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
      generator.initialize(new ECGenParameterSpec("secp256r1"));
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }
}
