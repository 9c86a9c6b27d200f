package dev.doorward.common.token;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.Provider;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.ECPublicKey;
import java.security.spec.X509EncodedKeySpec;
import org.jspecify.annotations.Nullable;

/** ECDSA on P-256 with SHA-256, signatures as R and S in 64 bytes (RFC 7518 section 3.4). */
final class Es256 {
  private static final String ALGORITHM = "SHA256withECDSAinP1363Format";

  private final @Nullable Provider provider;

  /** Null means whatever provider the platform prefers. */
  Es256(@Nullable Provider provider) {
    this.provider = provider;
  }

  /**
   * The key as the provider's own kind of key. Another provider's key is right as well, but would
   * be checked and converted at every signature, which costs Bouncy Castle more than the signature.
   */
  PublicKey own(ECPublicKey key) {
    if (provider == null) {
      return key;
    }
    try {
      return KeyFactory.getInstance("EC", provider)
          .generatePublic(new X509EncodedKeySpec(key.getEncoded()));
    } catch (GeneralSecurityException e) {
      return key;
    }
  }

  /** Whether the signature is the key's; anything that keeps it from being checked is a no. */
  boolean verifies(PublicKey key, byte[] signed, byte[] signature) {
    try {
      Signature check =
          provider == null
              ? Signature.getInstance(ALGORITHM)
              : Signature.getInstance(ALGORITHM, provider);
      check.initVerify(key);
      check.update(signed);
      return check.verify(signature);
    } catch (GeneralSecurityException | RuntimeException e) {
      // Providers differ in what they throw for numbers out of range; none of it may pass.
      return false;
    }
  }
}
