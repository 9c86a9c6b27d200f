package dev.doorward.auth.client;

import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Reason;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Which redirect URIs a client may register, and which of them a request may name.
 *
 * <ul>
 *   <li>{@code https} anywhere; {@code http} on the loopback only; schemes of apps that are a
 *       reversed domain name or that the operator lists ({@code cursor://...}), but none that makes
 *       browsers or systems run something.
 *   <li>No fragment, no user information, no backslash, only visible ASCII.
 *   <li>A request names a registered URI character by character (RFC 9700 section 2.1); on the
 *       loopback the port is free, since native apps take what they get (RFC 8252 section 7.3).
 * </ul>
 */
public final class RedirectRule {
  /** Longest redirect URI, in characters. */
  public static final int MAX_LENGTH = 2048;

  /** Schemes that run, open or embed something rather than start an app that registered them. */
  private static final Set<String> DANGEROUS =
      Set.of(
          ("about blob chrome chrome-extension chrome-untrusted content data devtools facetime"
                  + " facetime-audio feed file filesystem ftp ftps gopher hcp intent itms"
                  + " itms-services jar javascript jdbc ldap ldaps livescript mailto market mhtml mk"
                  + " mocha moz-extension ms-appinstaller ms-msdt ms-officecmd ms-search nfs nntp"
                  + " opera rdp res resource search search-ms sftp shell smb sms smsto ssh tel telnet"
                  + " vbscript view-source vnc wais ws wss wyciwyg x-apple.systempreferences")
              .split(" "));

  private static final Pattern APP_SCHEME = Pattern.compile("[a-z][a-z0-9+.-]{1,63}");
  private static final Pattern REVERSED_DOMAIN =
      Pattern.compile("[a-z][a-z0-9-]*(?:\\.[a-z0-9-]+)+");
  private static final Pattern LOOPBACK_URI =
      Pattern.compile("http://(127\\.0\\.0\\.1|\\[::1]|localhost)(?::([0-9]{1,5}))?((?:[/?].*)?)");

  private RedirectRule() {}

  /**
   * Whether a client may register {@code text}.
   *
   * @param appSchemes schemes that apps may have besides those with a dot in them
   */
  public static Outcome<String> register(String text, Set<String> appSchemes) {
    if (text.length() > MAX_LENGTH) {
      return refused("A redirect URI is longer than 2048 characters.");
    }
    if (text.chars().anyMatch(c -> c <= 0x20 || c >= 0x7f || c == '\\' || c == '#')) {
      return refused(
          "A redirect URI must be visible ASCII without a fragment and without backslashes.");
    }
    URI uri;
    try {
      uri = new URI(text);
    } catch (URISyntaxException e) {
      return refused("A redirect URI is not a URI.");
    }
    if (uri.getScheme() == null || uri.isOpaque()) {
      return refused("A redirect URI must be absolute, like https://app.example/callback.");
    }
    if (uri.getRawUserInfo() != null
        || (uri.getRawAuthority() != null && uri.getRawAuthority().contains("@"))) {
      return refused("A redirect URI must not carry user information.");
    }
    return byScheme(text, uri, uri.getScheme().toLowerCase(Locale.ROOT), appSchemes);
  }

  private static Outcome<String> byScheme(
      String text, URI uri, String scheme, Set<String> appSchemes) {
    return switch (scheme) {
      case "https" ->
          uri.getHost() == null || uri.getHost().endsWith(".")
              ? refused("An https redirect URI must name a host.")
              : Outcome.ok(text);
      case "http" ->
          LOOPBACK_URI.matcher(text).matches() && uri.getPort() != 0 && uri.getPort() < 65_536
              ? Outcome.ok(text)
              : refused(
                  "A redirect URI with http must be http://127.0.0.1, http://[::1] or"
                      + " http://localhost; use https for other hosts.");
      default ->
          isApp(scheme, appSchemes)
              ? Outcome.ok(text)
              : refused(
                  "Redirect URIs with this scheme are refused. Use https, http://127.0.0.1, or a"
                      + " scheme that is your domain name reversed, like com.example.app.");
    };
  }

  /** Reversed domain names are the form for apps (RFC 8252 section 7.1); others by name only. */
  private static boolean isApp(String scheme, Set<String> appSchemes) {
    return !DANGEROUS.contains(scheme)
        && APP_SCHEME.matcher(scheme).matches()
        && (REVERSED_DOMAIN.matcher(scheme).matches() || appSchemes.contains(scheme));
  }

  /** Whether a request may name {@code requested}, given what the client registered. */
  public static boolean matches(List<String> registered, String requested) {
    return registered.contains(requested)
        || registered.stream().anyMatch(uri -> samePortless(uri, requested));
  }

  /** Whether the answer goes to a program on the person's own device. */
  public static boolean isLocal(String uri) {
    return !uri.regionMatches(true, 0, "https:", 0, 6);
  }

  /** What a person should recognise: the host of the answer, or the scheme of the app. */
  public static String shown(String uri) {
    URI parsed = URI.create(uri);
    String scheme = parsed.getScheme().toLowerCase(Locale.ROOT);
    if (!scheme.equals("https") && !scheme.equals("http")) {
      return scheme + "://";
    }
    return parsed.getHost().toLowerCase(Locale.ROOT);
  }

  private static boolean samePortless(String registered, String requested) {
    Matcher ours = LOOPBACK_URI.matcher(registered);
    Matcher theirs = LOOPBACK_URI.matcher(requested);
    return ours.matches()
        && theirs.matches()
        && ours.group(1).equals(theirs.group(1))
        && ours.group(3).equals(theirs.group(3))
        && Optional.ofNullable(theirs.group(2)).map(RedirectRule::isPort).orElse(true);
  }

  private static boolean isPort(String digits) {
    int port = Integer.parseInt(digits);
    return port > 0 && port < 65_536;
  }

  private static Outcome<String> refused(String text) {
    return Outcome.failed(Reason.REDIRECT_REFUSED, text);
  }
}
