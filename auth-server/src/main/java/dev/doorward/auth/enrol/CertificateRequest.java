package dev.doorward.auth.enrol;

import dev.doorward.auth.ca.P256;
import dev.doorward.common.identity.Fingerprint;
import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Reason;
import java.io.IOException;
import java.security.interfaces.ECPublicKey;
import java.util.Arrays;
import java.util.Optional;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.bouncycastle.pkcs.PKCSException;

/**
 * What counts of a certificate request (PKCS#10, RFC 2986): a key on P-256 whose owner signed the
 * request. Its names, extensions and attributes are not looked at.
 */
public record CertificateRequest(ECPublicKey key) {
  /** Longest request that is looked at, in bytes. */
  static final int MAX_LENGTH = 4 * 1024;

  private static final BouncyCastleProvider PROVIDER = new BouncyCastleProvider();

  /** SHA-256 of the key's SubjectPublicKeyInfo. */
  public Fingerprint fingerprint() {
    return Fingerprint.of(key.getEncoded());
  }

  /** Reads and checks a request; pure. */
  public static Outcome<CertificateRequest> read(byte[] der) {
    if (der.length > MAX_LENGTH) {
      return refused("it is longer than " + MAX_LENGTH + " bytes");
    }
    try {
      var request = new PKCS10CertificationRequest(der);
      if (!Arrays.equals(request.getEncoded(), der)) {
        return refused("it is not a PKCS#10 request in DER");
      }
      Optional<ECPublicKey> key = P256.publicKey(request.getSubjectPublicKeyInfo().getEncoded());
      if (key.isEmpty()) {
        return refused("its key is not on the curve P-256");
      }
      if (!request
          .getSignatureAlgorithm()
          .getAlgorithm()
          .equals(X9ObjectIdentifiers.ecdsa_with_SHA256)) {
        return refused("it is not signed with ECDSA and SHA-256");
      }
      boolean owned =
          request.isSignatureValid(
              new JcaContentVerifierProviderBuilder().setProvider(PROVIDER).build(key.get()));
      return owned
          ? Outcome.ok(new CertificateRequest(key.get()))
          : refused("it is not signed by the key that it carries");
    } catch (IOException | OperatorCreationException | PKCSException | RuntimeException e) {
      // The ASN.1 reader tells malformed input by many kinds of exception.
      return refused("it is not a PKCS#10 request in DER");
    }
  }

  private static Outcome<CertificateRequest> refused(String why) {
    return Outcome.failed(Reason.CSR_REFUSED, "The certificate request is refused: " + why + ".");
  }
}
