package dev.doorward.auth.client;

import dev.doorward.common.identity.ClientId;
import dev.doorward.common.identity.Issuer;
import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Reason;
import dev.doorward.config.value.HostName;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.regex.Pattern;

/**
 * The form of client identifiers that are the URL of a metadata document
 * (draft-ietf-oauth-client-id-metadata-document section 3): https, a host name, a path, no user
 * information, no fragment, no dot segment.
 */
final class DocumentUrl {
  private static final Pattern DOT_SEGMENT = Pattern.compile("(?i)/(?:\\.|%2e){1,2}(?=/|$)");

  private DocumentUrl() {}

  /** Whether it is meant as such a URL. Registered identifiers never start like that. */
  static boolean isMeant(ClientId id) {
    return id.value().startsWith("https://");
  }

  /** The URL, exactly as it was sent; the edge's own host is nobody's client. */
  static Outcome<URI> parse(ClientId id, Issuer issuer) {
    URI url;
    try {
      url = new URI(id.value());
    } catch (URISyntaxException e) {
      return refused();
    }
    String path = url.getRawPath() == null ? "" : url.getRawPath();
    boolean fits =
        url.getHost() != null
            && HostName.parse(url.getHost())
                .filter(h -> h.value().equals(url.getHost()))
                .isPresent()
            && !url.getHost().equals(issuer.host())
            && url.getPort() < 65_536
            && !url.getRawAuthority().endsWith(":")
            && url.getRawUserInfo() == null
            && url.getRawFragment() == null
            && path.length() > 1
            && !DOT_SEGMENT.matcher(path).find();
    return fits ? Outcome.ok(url) : refused();
  }

  private static Outcome<URI> refused() {
    return Outcome.failed(
        Reason.CLIENT_DOCUMENT_REFUSED,
        "The app named itself by a URL (client_id) that no app can have: it must be https, with a"
            + " lower-case host name and a path, and without user name, fragment or dot segments.");
  }
}
