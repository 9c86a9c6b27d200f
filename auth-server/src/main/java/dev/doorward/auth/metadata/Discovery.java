package dev.doorward.auth.metadata;

import dev.doorward.auth.client.ClientKeys;
import dev.doorward.auth.engine.AuthCall;
import dev.doorward.auth.engine.AuthReply;
import dev.doorward.auth.engine.AuthSettings;
import dev.doorward.auth.engine.JsonReply;
import dev.doorward.common.identity.Resource;
import dev.doorward.common.identity.ServiceName;
import dev.doorward.common.outcome.Reason;
import dev.doorward.common.token.DpopProof;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The public documents with which clients find their way. Every URL in them comes from the
 * configuration, never from a request; nothing is advertised that is not there.
 */
public final class Discovery {
  /** What the path of a service's own document starts with (RFC 9728 section 3.1). */
  public static final String RESOURCE = "/.well-known/oauth-protected-resource";

  private static final List<String> GRANT_TYPES =
      List.of(
          "authorization_code",
          "refresh_token",
          "client_credentials",
          "urn:ietf:params:oauth:grant-type:device_code");

  private final AuthSettings settings;
  private final Supplier<String> jwks;

  /** Documents of the server that {@code settings} describe, and its keys as a JWK set. */
  public Discovery(AuthSettings settings, Supplier<String> jwks) {
    this.settings = settings;
    this.jwks = jwks;
  }

  /** GET /.well-known/oauth-authorization-server (RFC 8414). */
  public AuthReply server(AuthCall call) {
    String issuer = settings.issuer().value();
    List<String> authMethods =
        List.of("none", "client_secret_basic", "client_secret_post", "private_key_jwt");
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("issuer", issuer);
    body.put("authorization_endpoint", issuer + "/authorize");
    body.put("token_endpoint", issuer + "/token");
    body.put("pushed_authorization_request_endpoint", issuer + "/par");
    body.put("require_pushed_authorization_requests", false);
    if (settings.clients().registration().enabled()) {
      body.put("registration_endpoint", issuer + "/register");
    }
    body.put("revocation_endpoint", issuer + "/revoke");
    body.put("introspection_endpoint", issuer + "/introspect");
    body.put("introspection_endpoint_auth_methods_supported", List.of("client_secret_basic"));
    body.put("device_authorization_endpoint", issuer + "/device/authorization");
    body.put("jwks_uri", issuer + "/jwks");
    body.put("scopes_supported", settings.scopes().supported());
    body.put("response_types_supported", List.of("code"));
    body.put("response_modes_supported", List.of("query"));
    body.put("grant_types_supported", grantTypes());
    body.put("token_endpoint_auth_methods_supported", authMethods);
    body.put("token_endpoint_auth_signing_alg_values_supported", ClientKeys.ALGORITHMS);
    body.put("revocation_endpoint_auth_methods_supported", authMethods);
    body.put("revocation_endpoint_auth_signing_alg_values_supported", ClientKeys.ALGORITHMS);
    body.put("code_challenge_methods_supported", List.of("S256"));
    if (settings.enterprise()) {
      body.put(
          "authorization_grant_profiles_supported",
          List.of("urn:ietf:params:oauth:grant-profile:id-jag"));
    }
    body.put("authorization_response_iss_parameter_supported", true);
    body.put("dpop_signing_alg_values_supported", List.of(DpopProof.ALGORITHM));
    body.put("client_id_metadata_document_supported", settings.clients().documents().enabled());
    return JsonReply.document(body);
  }

  private List<String> grantTypes() {
    List<String> types = new ArrayList<>(GRANT_TYPES);
    if (settings.enterprise()) {
      types.add("urn:ietf:params:oauth:grant-type:jwt-bearer");
    }
    return types;
  }

  /**
   * GET /.well-known/oauth-protected-resource/SERVICE/mcp and the form without a service (RFC
   * 9728). Every name that a service could have gets the same document, so it tells nobody which
   * ones exist; the form without a service is the default service's, where there is one.
   */
  public AuthReply resource(AuthCall call) {
    String rest = call.path().substring(RESOURCE.length());
    Optional<Resource> resource =
        rest.isEmpty()
            ? settings.defaultService().map(settings.issuer()::resourceOf)
            : service(rest).map(settings.issuer()::resourceOf);
    return resource.map(this::document).orElseGet(() -> missing(call));
  }

  /** GET /jwks (RFC 7517 section 5). */
  public AuthReply keys(AuthCall call) {
    return JsonReply.document(jwks.get());
  }

  /** Any other well-known document: a plain 404, since clients probe for several. */
  public AuthReply missing(AuthCall call) {
    return JsonReply.error(
        404, "not_found", Reason.ROUTE_UNKNOWN, "There is no such document here.");
  }

  private AuthReply document(Resource resource) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("resource", resource.value());
    body.put("authorization_servers", List.of(settings.issuer().value()));
    body.put("scopes_supported", settings.scopes().supported());
    body.put("bearer_methods_supported", List.of("header"));
    body.put("dpop_signing_alg_values_supported", List.of(DpopProof.ALGORITHM));
    body.put("dpop_bound_access_tokens_required", false);
    return JsonReply.document(body);
  }

  private static Optional<ServiceName> service(String path) {
    return path.endsWith("/mcp")
        ? ServiceName.parse(path.substring(1, Math.max(1, path.length() - "/mcp".length())))
        : Optional.empty();
  }
}
