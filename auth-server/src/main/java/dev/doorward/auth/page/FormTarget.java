package dev.doorward.auth.page;

import java.net.URI;
import java.util.Locale;

/**
 * Where a consent form may lead: the policy's {@code form-action} holds for the redirect that
 * follows the form too, so it must name the client's origin.
 *
 * @param source a source expression of Content Security Policy Level 3 section 2.3.1
 */
public record FormTarget(String source) {
  /** The source that lets a browser follow the redirect to {@code redirectUri}. */
  public static FormTarget of(String redirectUri) {
    URI uri = URI.create(redirectUri);
    String scheme = uri.getScheme().toLowerCase(Locale.ROOT);
    if (!scheme.equals("https") && !scheme.equals("http")) {
      return new FormTarget(scheme + ":");
    }
    String host = uri.getHost();
    if (host.startsWith("[")) {
      // The grammar has no IPv6 literals, so the whole scheme is the narrowest that works.
      return new FormTarget(scheme + ":");
    }
    return new FormTarget(scheme + "://" + host + (uri.getPort() < 0 ? "" : ":" + uri.getPort()));
  }
}
