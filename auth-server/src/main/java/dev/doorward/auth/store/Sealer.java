package dev.doorward.auth.store;

import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Reason;
import dev.doorward.config.data.PrivateFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Encrypts what lies in the database and must not be read from a copy of it: AES-256-GCM under the
 * 32 bytes of {@code seal.key}. The purpose is bound in, so a value sealed for one purpose is
 * nothing for another. Safe on any thread.
 */
public final class Sealer {
  private static final String FILE = "seal.key";
  private static final int KEY_LENGTH = 32;
  private static final byte VERSION = 1;
  private static final int NONCE_LENGTH = 12;
  private static final int TAG_LENGTH = 16;

  private final SecretKey key;
  private final SecureRandom random;

  private Sealer(byte[] key, SecureRandom random) {
    this.key = new SecretKeySpec(key, "AES");
    this.random = random;
  }

  /** Reads {@code seal.key} in {@code dataDir}; makes it, mode 0600, where there is none. */
  public static Outcome<Sealer> open(Path dataDir, SecureRandom random) {
    Path file = dataDir.resolve(FILE);
    if (!Files.exists(file)) {
      byte[] fresh = new byte[KEY_LENGTH];
      random.nextBytes(fresh);
      try {
        PrivateFile.write(file, fresh);
      } catch (IOException e) {
        return Outcome.failed(
            Reason.STORE_FAILED, file + " cannot be written; check the disk and its free space.");
      }
    }
    return PrivateFile.read(file, KEY_LENGTH)
        .then(key ->
            key.length == KEY_LENGTH
                ? Outcome.ok(new Sealer(key, random))
                : Outcome.failed(
                    Reason.STORE_FAILED,
                    file + " is not a seal key of 32 bytes; restore it from a backup."));
  }

  /** The sealed form of {@code plain}: version, nonce, ciphertext with tag. */
  public byte[] seal(String purpose, byte[] plain) {
    byte[] nonce = new byte[NONCE_LENGTH];
    random.nextBytes(nonce);
    byte[] sealed = new byte[1 + NONCE_LENGTH + plain.length + TAG_LENGTH];
    sealed[0] = VERSION;
    System.arraycopy(nonce, 0, sealed, 1, NONCE_LENGTH);
    try {
      cipher(Cipher.ENCRYPT_MODE, purpose, nonce)
          .doFinal(plain, 0, plain.length, sealed, 1 + NONCE_LENGTH);
      return sealed;
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has AES/GCM", e);
    }
  }

  /** What was sealed for {@code purpose}; refused where key, purpose or value are other ones. */
  public Outcome<byte[]> open(String purpose, byte[] sealed) {
    if (sealed.length < 1 + NONCE_LENGTH + TAG_LENGTH || sealed[0] != VERSION) {
      return refused();
    }
    byte[] nonce = new byte[NONCE_LENGTH];
    System.arraycopy(sealed, 1, nonce, 0, NONCE_LENGTH);
    try {
      int start = 1 + NONCE_LENGTH;
      return Outcome.ok(
          cipher(Cipher.DECRYPT_MODE, purpose, nonce)
              .doFinal(sealed, start, sealed.length - start));
    } catch (AEADBadTagException e) {
      return refused();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has AES/GCM", e);
    }
  }

  /** A keyed hash of 32 bytes: the same for the same purpose and text, and nobody else makes it. */
  public byte[] mac(String purpose, byte[] text) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key.getEncoded(), "HmacSHA256"));
      byte[] derived = mac.doFinal(("doorward mac 1 " + purpose).getBytes(StandardCharsets.UTF_8));
      mac.init(new SecretKeySpec(derived, "HmacSHA256"));
      return mac.doFinal(text);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has HmacSHA256", e);
    }
  }

  private static Outcome<byte[]> refused() {
    return Outcome.failed(
        Reason.STORE_FAILED,
        "The keys in doorward.db were not sealed with this seal.key; restore doorward.db and"
            + " seal.key from the same backup.");
  }

  private Cipher cipher(int mode, String purpose, byte[] nonce) throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(mode, key, new GCMParameterSpec(TAG_LENGTH * 8, nonce));
    cipher.updateAAD(("doorward seal 1 " + purpose).getBytes(StandardCharsets.UTF_8));
    return cipher;
  }
}
