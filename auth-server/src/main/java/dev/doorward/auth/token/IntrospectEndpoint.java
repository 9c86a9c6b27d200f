package dev.doorward.auth.token;

import dev.doorward.auth.engine.AuthCall;
import dev.doorward.auth.engine.AuthReply;
import dev.doorward.auth.engine.AuthReply.Header;
import dev.doorward.auth.engine.Failures;
import dev.doorward.auth.engine.Ground;
import dev.doorward.auth.engine.JsonReply;
import dev.doorward.auth.engine.Parameters;
import dev.doorward.auth.engine.Revocations;
import dev.doorward.auth.store.ResourceServerStore.ResourceServer;
import dev.doorward.common.outcome.Reason;
import dev.doorward.common.token.AccessToken;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * Token introspection (RFC 7662), for resource servers that the operator added. Whatever is not an
 * access token for one of the asker's own services is inactive, and nothing says why (section 4).
 */
public final class IntrospectEndpoint {
  private static final Header BASIC = new Header("WWW-Authenticate", "Basic realm=\"doorward\"");

  private final Ground ground;
  private final ResourceServers servers;
  private final Revocations revocations;
  private final Function<String, Optional<AccessToken>> read;
  private final Failures failures;

  /**
   * The endpoint.
   *
   * @param read the access token that a text is, while it is good
   */
  public IntrospectEndpoint(
      Ground ground,
      ResourceServers servers,
      Revocations revocations,
      Function<String, Optional<AccessToken>> read) {
    this.ground = ground;
    this.servers = servers;
    this.revocations = revocations;
    this.read = read;
    this.failures = new Failures(ground.clock());
  }

  /** POST /introspect. */
  public AuthReply introspect(AuthCall call) {
    return failures.guard(call, this::answer);
  }

  private AuthReply answer(AuthCall call) {
    Optional<ResourceServer> asker = servers.authenticate(call);
    if (asker.isEmpty()) {
      return JsonReply.error(
          401,
          "invalid_client",
          Reason.RESOURCE_SERVER_UNKNOWN,
          "Only a resource server that the operator added may ask, with its secret by HTTP Basic.",
          BASIC);
    }
    Optional<Parameters> form = Parameters.ofForm(call);
    if (form.isEmpty()
        || form.get().repeated("").isPresent()
        || form.get().one("token").isEmpty()) {
      return JsonReply.error(
          400,
          "invalid_request",
          Reason.OAUTH_REQUEST_REFUSED,
          "Send one token in a form, application/x-www-form-urlencoded.");
    }
    return JsonReply.of(
        200,
        read.apply(form.get().one("token").orElseThrow())
            .filter(token -> mayAsk(asker.get(), token))
            .filter(token -> !revocations.isRevoked(token))
            .map(IntrospectEndpoint::active)
            .orElseGet(() -> Map.of("active", false)));
  }

  private boolean mayAsk(ResourceServer asker, AccessToken token) {
    return ground
        .settings()
        .issuer()
        .serviceOf(token.audience())
        .filter(asker.services()::contains)
        .isPresent();
  }

  private static Map<String, Object> active(AccessToken token) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("active", true);
    body.put("iss", token.issuer().value());
    body.put("sub", token.subject().value());
    body.put("aud", token.audience().value());
    body.put("client_id", token.client().value());
    body.put("username", token.person());
    body.put("scope", String.join(" ", new TreeSet<>(token.scopes())));
    body.put("token_type", token.boundTo().isPresent() ? "DPoP" : "Bearer");
    token.boundTo().ifPresent(key -> body.put("cnf", Map.of("jkt", key)));
    body.put("iat", token.issuedAt().getEpochSecond());
    body.put("exp", token.expiresAt().getEpochSecond());
    body.put("jti", token.id());
    return body;
  }
}
