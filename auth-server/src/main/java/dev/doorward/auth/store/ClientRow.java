package dev.doorward.auth.store;

import dev.doorward.common.identity.ClientId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A client that may ask for authorization.
 *
 * @param name safe to show: no control or direction characters, at most 80
 * @param applicationType {@code web} or {@code native}
 * @param secret hash of its secret; empty for a public client
 * @param refreshes whether it registered for refresh tokens
 * @param network prefix of the address that registered it
 * @param usedAt when a person first allowed it something
 */
public record ClientRow(
    ClientId id,
    Origin origin,
    String name,
    String applicationType,
    AuthMethod authMethod,
    Optional<SecretHash> secret,
    List<String> redirectUris,
    boolean refreshes,
    String network,
    Instant createdAt,
    Optional<Instant> usedAt) {

  /** How we came to know a client. */
  public sealed interface Origin {
    /** It registered itself (RFC 7591); everything that it says of itself is its own claim. */
    record Registered() implements Origin {}

    /**
     * Its identifier is the URL of the document that describes it.
     *
     * @param freshUntil when our copy has to be fetched again
     */
    record Document(Instant freshUntil) implements Origin {}
  }

  /** How a client shows at the token endpoint that it is itself (RFC 7591 section 2). */
  public enum AuthMethod {
    /** A public client: PKCE only. */
    NONE("none"),
    /** HTTP Basic with its identifier and secret. */
    BASIC("client_secret_basic"),
    /** Identifier and secret in the form. */
    POST("client_secret_post");

    private final String code;

    AuthMethod(String code) {
      this.code = code;
    }

    /** The name that the protocol uses. */
    public String code() {
      return code;
    }

    /** The method with that name, if it is one of ours. */
    public static Optional<AuthMethod> of(String code) {
      return java.util.Arrays.stream(values()).filter(m -> m.code.equals(code)).findFirst();
    }
  }

  /** The host that vouches for the client by its document; empty where nobody does. */
  public Optional<String> publisher() {
    return switch (origin) {
      case Origin.Registered _ -> Optional.empty();
      case Origin.Document _ -> Optional.of(java.net.URI.create(id.value()).getHost());
    };
  }

  /** Copies the redirect URIs. */
  public ClientRow {
    redirectUris = List.copyOf(redirectUris);
  }
}
