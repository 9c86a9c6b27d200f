package dev.doorward.auth.login;

import dev.doorward.auth.page.PostedForm;
import java.util.Base64;
import java.util.Optional;

/** Reads what the page script puts into fields: base64url, at most 16 KiB each. */
public final class PasskeyFields {
  private static final int MOST = 16 * 1024;

  private PasskeyFields() {}

  /** The bytes of a field; empty where it is missing, malformed or too long. */
  public static Optional<byte[]> bytes(PostedForm form, String field) {
    String text = form.field(field);
    if (text.isEmpty() || text.length() > MOST) {
      return Optional.empty();
    }
    try {
      return Optional.of(Base64.getUrlDecoder().decode(text));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }
}
