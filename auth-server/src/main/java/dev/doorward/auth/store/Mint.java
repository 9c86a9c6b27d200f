package dev.doorward.auth.store;

import dev.doorward.common.identity.Secret;
import java.security.SecureRandom;
import java.util.Base64;

/** Makes secrets and identifiers. Safe on any thread. */
public final class Mint {
  private static final int SECRET_BYTES = 32;
  private static final int ID_BYTES = 16;

  private final SecureRandom random;

  /** A new secret and the hash to store. */
  public record Minted(Secret secret, SecretHash hash) {
    /** The secret's text, for the one answer that carries it. */
    public String reveal() {
      return secret.reveal();
    }
  }

  /** Draws everything from {@code random}. */
  public Mint(SecureRandom random) {
    this.random = random;
  }

  /**
   * 256 random bits as base64url.
   *
   * @param prefix says what kind of secret it is, so that scanners recognise a leaked one
   */
  public Minted secret(String prefix) {
    String text = prefix + draw(SECRET_BYTES);
    return new Minted(new Secret(text), SecretHash.of(text));
  }

  /** A public identifier: {@code prefix} and 128 random bits as base64url. */
  public String id(String prefix) {
    return prefix + draw(ID_BYTES);
  }

  /** That many random bytes. */
  public byte[] bytes(int count) {
    byte[] drawn = new byte[count];
    random.nextBytes(drawn);
    return drawn;
  }

  private String draw(int count) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes(count));
  }
}
