package dev.doorward.common.identity;

import java.net.URI;
import java.util.Optional;

/**
 * The public origin of the edge, which is also the identifier of its authorization server (RFC 8414
 * section 2) and the base of every public URL. Canonical: {@code https://host[:port]}, no path.
 */
public record Issuer(String value) {

  /** Throws IllegalArgumentException unless {@code value} is a canonical https origin. */
  public Issuer {
    if (Resource.parse(value).isEmpty()
        || !Resource.parse(value).get().value().equals(value)
        || !URI.create(value).getRawPath().isEmpty()) {
      throw new IllegalArgumentException("not an https origin");
    }
  }

  /** The issuer, or empty where {@code text} is not an https origin; one trailing slash is cut. */
  public static Optional<Issuer> parse(String text) {
    return Resource.parse(text)
        .map(Resource::value)
        .filter(v -> URI.create(v).getRawPath().isEmpty())
        .map(Issuer::new);
  }

  /** Host name without port, lower case; an IPv6 literal keeps its brackets. */
  public String host() {
    return URI.create(value).getHost();
  }

  /** Port, 443 where the URL names none. */
  public int port() {
    int port = URI.create(value).getPort();
    return port == -1 ? 443 : port;
  }

  /** {@code host[:port]} as it stands in a Host header. */
  public String authority() {
    return URI.create(value).getRawAuthority();
  }

  /** The resource of a service in the path form, {@code https://host/<service>/mcp}. */
  public Resource resourceOf(ServiceName service) {
    return new Resource(value + "/" + service.value() + "/mcp");
  }

  /**
   * The service whose path-form resource is {@code resource}, or empty where it is none of ours.
   */
  public Optional<ServiceName> serviceOf(Resource resource) {
    String prefix = value + "/";
    String text = resource.value();
    if (!text.startsWith(prefix) || !text.endsWith("/mcp") || text.length() < prefix.length() + 5) {
      return Optional.empty();
    }
    return ServiceName.parse(text.substring(prefix.length(), text.length() - "/mcp".length()));
  }

  @Override
  public String toString() {
    return value;
  }
}
