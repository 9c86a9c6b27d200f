package dev.doorward.common.identity;

import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Problem;
import dev.doorward.common.outcome.Reason;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * The one-time string that turns a machine into an agent. It carries where the edge is, which
 * invite this is, its secret, and the SHA-256 of the internal CA's certificate, which becomes the
 * agent's only root of trust. As text: {@code dwi1_} and base64url of the fields, one a line,
 * behind a 4-byte checksum, so that a half-pasted invite is told from a wrong one.
 *
 * @param edge {@code host:port} of the edge's public port
 * @param id public identifier of the invite, 1 to 64 characters {@code A-Za-z0-9_-}
 * @param secret 256 random bits, base64url
 * @param ca hash of the DER certificate of the internal CA
 */
public record Invite(String edge, String id, Secret secret, Fingerprint ca) {
  /** What every invite starts with, fit for secret scanners. */
  public static final String PREFIX = "dwi1_";

  private static final int CHECKSUM = 4;

  /** The string to paste. */
  public String encode() {
    byte[] body =
        String.join("\n", edge, id, secret.reveal(), ca.hex()).getBytes(StandardCharsets.UTF_8);
    byte[] all = new byte[CHECKSUM + body.length];
    System.arraycopy(Fingerprint.of(body).bytes(), 0, all, 0, CHECKSUM);
    System.arraycopy(body, 0, all, CHECKSUM, body.length);
    return PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(all);
  }

  /** Reads a pasted string; surrounding white space is forgiven. */
  public static Outcome<Invite> parse(String pasted) {
    String text = pasted.strip();
    if (!text.startsWith(PREFIX)) {
      return malformed("This is not an invite: an invite starts with " + PREFIX + ".");
    }
    if (text.length() > 2048) {
      return malformed("This invite is too long; paste just the one string that was printed.");
    }
    byte[] all;
    try {
      all = Base64.getUrlDecoder().decode(text.substring(PREFIX.length()));
    } catch (IllegalArgumentException e) {
      return malformed("This invite has characters that no invite has; copy it again.");
    }
    if (all.length <= CHECKSUM) {
      return malformed("This invite was cut short; copy the whole string.");
    }
    byte[] body = java.util.Arrays.copyOfRange(all, CHECKSUM, all.length);
    byte[] sum = java.util.Arrays.copyOf(Fingerprint.of(body).bytes(), CHECKSUM);
    if (!java.util.Arrays.equals(sum, java.util.Arrays.copyOf(all, CHECKSUM))) {
      return malformed("This invite was cut short or changed on the way; copy the whole string.");
    }
    String[] fields = new String(body, StandardCharsets.UTF_8).split("\n", -1);
    if (fields.length != 4) {
      return malformed("This invite is of a version that this agent does not know; update it.");
    }
    try {
      return Outcome.ok(
          new Invite(fields[0], fields[1], new Secret(fields[2]), new Fingerprint(fields[3])));
    } catch (IllegalArgumentException e) {
      return malformed("This invite is of a version that this agent does not know; update it.");
    }
  }

  private static Outcome<Invite> malformed(String text) {
    return Outcome.failed(new Problem(Reason.INVITE_MALFORMED, text));
  }
}
