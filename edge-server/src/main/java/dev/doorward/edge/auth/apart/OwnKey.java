package dev.doorward.edge.auth.apart;

import dev.doorward.auth.ca.P256;
import dev.doorward.auth.wire.Answer;
import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Reason;
import dev.doorward.transport.tls.TlsIdentity;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.security.KeyPair;
import java.security.SecureRandom;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.security.auth.x500.X500Principal;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;

/** A key that this edge makes for itself; only its public half goes to the auth-server. */
record OwnKey(KeyPair pair) {
  private static final X500Principal NOBODY = new X500Principal("CN=doorward edge");

  static OwnKey make(SecureRandom random) {
    return new OwnKey(P256.generate(random));
  }

  /** DER of a PKCS#10 request that proves the key; it names nothing. */
  byte[] request() {
    try {
      return new JcaPKCS10CertificationRequestBuilder(NOBODY, pair.getPublic())
          .build(new JcaContentSignerBuilder("SHA256withECDSA").build(pair.getPrivate()))
          .getEncoded();
    } catch (OperatorCreationException e) {
      throw new IllegalStateException("a P-256 key can sign", e);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The key with what was certified of it; refused where that is about another one. */
  Outcome<TlsIdentity> with(Answer answer) {
    if (!(answer.told() instanceof Answer.Chain told)) {
      return odd();
    }
    return chain(told)
        .then(chain ->
            chain.size() >= 2 && chain.getFirst().getPublicKey().equals(pair.getPublic())
                ? Outcome.ok(new TlsIdentity(chain, pair.getPrivate()))
                : odd());
  }

  static Outcome<List<X509Certificate>> chain(Answer.Chain told) {
    List<X509Certificate> chain = new ArrayList<>();
    try {
      CertificateFactory factory = CertificateFactory.getInstance("X.509");
      for (byte[] der : told.certificates()) {
        chain.add((X509Certificate) factory.generateCertificate(new ByteArrayInputStream(der)));
      }
      return Outcome.ok(chain);
    } catch (CertificateException e) {
      return odd();
    }
  }

  static <T> Outcome<T> odd() {
    return Outcome.failed(
        Reason.INTERNAL,
        "The auth-server did not answer as expected; are it and the edge of one version?");
  }

  @Override
  public String toString() {
    return "OwnKey[***]";
  }
}
