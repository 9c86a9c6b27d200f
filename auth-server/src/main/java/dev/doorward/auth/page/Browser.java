package dev.doorward.auth.page;

import dev.doorward.auth.engine.AuthCall;
import dev.doorward.auth.engine.AuthReply.Header;
import dev.doorward.auth.store.Mint;
import dev.doorward.auth.store.SecretHash;
import dev.doorward.common.identity.Secret;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.Base64;
import java.util.Optional;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * A browser, told from others by a random cookie, signed in or not. Authorization requests are
 * bound to it, and its secret makes the tokens of its forms, so a form of one browser is worth
 * nothing in another.
 */
public final class Browser {
  private static final String COOKIE = "__Host-doorward-browser";
  private static final Duration LIFE = Duration.ofHours(24);

  private final Secret secret;

  private Browser(Secret secret) {
    this.secret = secret;
  }

  /** The browser that sent the call, if it was seen before. */
  public static Optional<Browser> of(AuthCall call) {
    return Cookies.read(call, COOKIE).map(value -> new Browser(new Secret(value)));
  }

  /** The browser that sent the call, or a new one; {@link #cookie} goes into the answer. */
  public static Browser ofOrNew(AuthCall call, Mint mint) {
    return of(call).orElseGet(() -> new Browser(mint.secret("dwb_").secret()));
  }

  /** What is stored where something is bound to this browser. */
  public SecretHash hash() {
    return SecretHash.of(secret.reveal());
  }

  /** Sets or renews the cookie. */
  public Header cookie() {
    return Cookies.set(COOKIE, secret.reveal(), LIFE);
  }

  /** The hidden token of the form that {@code binding} names. */
  public String formToken(FormBinding binding) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(secret.reveal().getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
      byte[] token = mac.doFinal(binding.text().getBytes(StandardCharsets.UTF_8));
      return Base64.getUrlEncoder().withoutPadding().encodeToString(token);
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform has HmacSHA256", e);
    }
  }

  /** Whether {@code token} came from such a form in this browser; constant time. */
  public boolean knows(String token, FormBinding binding) {
    return new Secret(formToken(binding)).matches(token);
  }
}
