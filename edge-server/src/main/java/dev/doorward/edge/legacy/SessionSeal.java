package dev.doorward.edge.legacy;

import dev.doorward.common.identity.AgentId;
import dev.doorward.common.identity.ClientId;
import dev.doorward.common.identity.ServiceName;
import dev.doorward.common.identity.Subject;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.InvalidKeyException;
import java.util.Arrays;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.Mac;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Seals the session ids of legacy MCP servers. What the client sees holds the server's id and the
 * agent that it lives behind, sealed for one person, one client and one service; so nothing is
 * stored, any edge with the key can open it after a restart, and for everybody else the session
 * does not exist. Sealing the same session twice gives the same text, because servers repeat the
 * header and clients compare it: AES-256-GCM with a nonce derived from what is sealed. Safe on any
 * thread.
 */
public final class SessionSeal {
  /** Longest id of a server's that is taken, in characters; with it a request fits its limits. */
  public static final int MAX_SESSION = 1024;

  private static final int KEY = 32;
  private static final int NONCE = 12;
  private static final int TAG_BITS = 128;
  private static final byte VERSION = 1;

  /** Who a session belongs to. */
  public record Owner(ServiceName service, Subject subject, ClientId client) {}

  /** A session behind an agent; {@code id} is the server's own. */
  public record Session(AgentId agent, String id) {}

  private final SecretKeySpec sealKey;
  private final SecretKeySpec nonceKey;

  /**
   * A seal over a key of the data directory.
   *
   * @param key 32 random bytes, used for nothing else under this label
   */
  public SessionSeal(byte[] key) {
    if (key.length != KEY) {
      throw new IllegalArgumentException("the key has 32 bytes");
    }
    var root = new SecretKeySpec(key, "HmacSHA256");
    this.sealKey = new SecretKeySpec(mac(root, ascii("doorward session seal v1")), "AES");
    this.nonceKey = new SecretKeySpec(mac(root, ascii("doorward session nonce v1")), "HmacSHA256");
  }

  /** What {@code owner} is given for {@code session}; base64url. */
  public String seal(Session session, Owner owner) {
    byte[] plain = ascii(session.agent() + " " + session.id());
    byte[] context = context(owner);
    byte[] nonce = Arrays.copyOf(mac(nonceKey, concat(context, plain)), NONCE);
    try {
      Cipher cipher = cipher(Cipher.ENCRYPT_MODE, nonce);
      cipher.updateAAD(context);
      byte[] sealed = cipher.doFinal(plain);
      byte[] all = new byte[1 + NONCE + sealed.length];
      all[0] = VERSION;
      System.arraycopy(nonce, 0, all, 1, NONCE);
      System.arraycopy(sealed, 0, all, 1 + NONCE, sealed.length);
      return Base64.getUrlEncoder().withoutPadding().encodeToString(all);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has AES-GCM", e);
    }
  }

  /** The session that {@code text} stands for, or empty where it is none of {@code owner}'s. */
  public Optional<Session> open(String text, Owner owner) {
    if (text.length() > 2 * MAX_SESSION) {
      return Optional.empty();
    }
    byte[] all;
    try {
      all = Base64.getUrlDecoder().decode(text);
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
    if (all.length <= 1 + NONCE + TAG_BITS / 8 || all[0] != VERSION) {
      return Optional.empty();
    }
    byte[] plain;
    try {
      Cipher cipher = cipher(Cipher.DECRYPT_MODE, Arrays.copyOfRange(all, 1, 1 + NONCE));
      cipher.updateAAD(context(owner));
      plain = cipher.doFinal(all, 1 + NONCE, all.length - 1 - NONCE);
    } catch (AEADBadTagException e) {
      return Optional.empty();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has AES-GCM", e);
    }
    String opened = new String(plain, StandardCharsets.ISO_8859_1);
    int space = opened.indexOf(' ');
    return Optional.of(
        new Session(new AgentId(opened.substring(0, space)), opened.substring(space + 1)));
  }

  /** Whether {@code id} has the form of a session id (visible ASCII) and is not too long. */
  public static boolean isValid(String id) {
    return !id.isEmpty()
        && id.length() <= MAX_SESSION
        && id.chars().allMatch(c -> c > 0x20 && c < 0x7f);
  }

  private static byte[] context(Owner owner) {
    return ascii(owner.service() + "\n" + owner.subject() + "\n" + owner.client());
  }

  private Cipher cipher(int mode, byte[] nonce) throws GeneralSecurityException {
    Cipher cipher = Cipher.getInstance("AES/GCM/NoPadding");
    cipher.init(mode, sealKey, new GCMParameterSpec(TAG_BITS, nonce));
    return cipher;
  }

  private static byte[] mac(SecretKeySpec key, byte[] data) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(key);
      return mac.doFinal(data);
    } catch (InvalidKeyException e) {
      throw new IllegalArgumentException(e);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has HMAC", e);
    }
  }

  private static byte[] concat(byte[] a, byte[] b) {
    byte[] all = Arrays.copyOf(a, a.length + b.length + 1);
    System.arraycopy(b, 0, all, a.length + 1, b.length);
    return all;
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }
}
