package dev.doorward.auth.upstream;

import dev.doorward.config.value.IssuerUrl;
import java.net.URI;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/**
 * What a provider says of itself (OpenID Connect Discovery 1.0 section 3), so far as it is used.
 *
 * @param userInfo where claims are that the ID token leaves out
 * @param algorithms with which it signs ID tokens
 * @param sendsIssuer whether it names itself when it sends the browser back (RFC 9207)
 * @param basic whether it takes the secret by HTTP Basic, the default
 */
record OidcMetadata(
    URI authorization,
    URI token,
    URI keys,
    Optional<URI> userInfo,
    Set<String> algorithms,
    boolean sendsIssuer,
    boolean basic) {
  OidcMetadata {
    algorithms = Set.copyOf(algorithms);
  }

  /** Reads a document that must be {@code issuer}'s own; empty where it is not in order. */
  static Optional<OidcMetadata> read(JsonNode document, IssuerUrl issuer) {
    Optional<URI> authorization = url(document, "authorization_endpoint", issuer);
    Optional<URI> token = url(document, "token_endpoint", issuer);
    Optional<URI> keys = url(document, "jwks_uri", issuer);
    boolean itself = Json.text(document, "issuer").filter(issuer.text()::equals).isPresent();
    if (!itself || authorization.isEmpty() || token.isEmpty() || keys.isEmpty()) {
      return Optional.empty();
    }
    Set<String> methods = texts(document, "token_endpoint_auth_methods_supported");
    return Optional.of(
        new OidcMetadata(
            authorization.get(),
            token.get(),
            keys.get(),
            url(document, "userinfo_endpoint", issuer),
            texts(document, "id_token_signing_alg_values_supported"),
            document.path("authorization_response_iss_parameter_supported").asBoolean(false),
            methods.isEmpty() || methods.contains("client_secret_basic")));
  }

  private static Optional<URI> url(JsonNode document, String member, IssuerUrl issuer) {
    try {
      return Json.text(document, member)
          .map(URI::create)
          .filter(uri -> uri.getHost() != null && uri.getRawUserInfo() == null)
          .filter(uri ->
              "https".equals(uri.getScheme())
                  || (issuer.isPlain() && "http".equals(uri.getScheme())));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static Set<String> texts(JsonNode document, String member) {
    Set<String> texts = new HashSet<>();
    document.path(member).forEach(value -> texts.add(value.asString("")));
    return texts;
  }
}
