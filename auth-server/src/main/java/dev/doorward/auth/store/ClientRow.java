package dev.doorward.auth.store;

import dev.doorward.common.identity.ClientId;
import dev.doorward.common.identity.ServiceName;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A client that may ask for authorization.
 *
 * @param name safe to show: no control or direction characters, at most 80
 * @param applicationType {@code web} or {@code native}
 * @param secret hash of its secret; empty for a public client
 * @param keys JWK set with which it signs assertions
 * @param redirectUris none where nobody signs in through it
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
    Optional<String> keys,
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

    /**
     * The operator added it.
     *
     * @param services what it may use by itself (client_credentials); mostly none
     * @param pushes whether its authorization requests must be pushed (RFC 9126)
     */
    record Operator(Set<ServiceName> services, boolean pushes) implements Origin {
      /** Copies the services. */
      public Operator {
        services = Set.copyOf(services);
      }
    }
  }

  /** How a client shows at the token endpoint that it is itself (RFC 7591 section 2). */
  public enum AuthMethod {
    /** A public client: PKCE only. */
    NONE("none"),
    /** HTTP Basic with its identifier and secret. */
    BASIC("client_secret_basic"),
    /** Identifier and secret in the form. */
    POST("client_secret_post"),
    /** A signed assertion (RFC 7523 section 2.2). */
    ASSERTION("private_key_jwt");

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
      case Origin.Registered _, Origin.Operator _ -> Optional.empty();
      case Origin.Document _ -> Optional.of(java.net.URI.create(id.value()).getHost());
    };
  }

  /** The same client without refresh tokens: what it gets for itself it can always get again. */
  public ClientRow withoutRefresh() {
    return new ClientRow(
        id,
        origin,
        name,
        applicationType,
        authMethod,
        secret,
        keys,
        redirectUris,
        false,
        network,
        createdAt,
        usedAt);
  }

  /** Whether its authorization requests must be pushed. */
  public boolean pushes() {
    return origin instanceof Origin.Operator(_, boolean pushes) && pushes;
  }

  /** What it may use by itself; mostly nothing. */
  public Set<ServiceName> ownServices() {
    return switch (origin) {
      case Origin.Registered _, Origin.Document _ -> Set.of();
      case Origin.Operator(var services, _) -> services;
    };
  }

  /** Copies the redirect URIs. */
  public ClientRow {
    redirectUris = List.copyOf(redirectUris);
  }
}
