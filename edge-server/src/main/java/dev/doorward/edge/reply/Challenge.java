package dev.doorward.edge.reply;

import dev.doorward.common.identity.Issuer;
import dev.doorward.common.identity.ServiceName;
import dev.doorward.common.outcome.Reason;
import dev.doorward.common.token.DpopProof;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.List;
import java.util.Optional;

/**
 * 401 and 403 with the challenge that leads an MCP client to the authorization server (RFC 6750
 * section 3, RFC 9728 section 5.1). Every URL is built from the configured issuer.
 */
public final class Challenge {
  private final String metadata;
  private final String scope;

  /**
   * Challenges of one issuer.
   *
   * @param scope what a token must carry
   */
  public Challenge(Issuer issuer, String scope) {
    this.metadata = issuer.value() + "/.well-known/oauth-protected-resource/";
    this.scope = scope;
  }

  /** 401; the body keeps the word that old clients look for. */
  public Reply unauthorized(ServiceName service, Reason reason) {
    String error =
        switch (reason) {
          case TOKEN_MISSING -> "";
          case TOKEN_IN_QUERY ->
              "error=\"invalid_request\", error_description=\"Send the token in the Authorization"
                  + " header.\", ";
          default -> "error=\"invalid_token\", error_description=\"" + reason.code() + "\", ";
        };
    return Reply.json(
            HttpResponseStatus.UNAUTHORIZED,
            "{\"error\":"
                + Json.quote(reason.code())
                + ",\"message\":\"Unauthorized: sign in to use this service.\"}",
            reason)
        .with(HttpHeaderNames.WWW_AUTHENTICATE, "Bearer " + error + target(service, scope));
  }

  /**
   * 401 for a call that did not prove the key of its token, or came by the scheme DPoP (RFC 9449
   * section 7.1).
   *
   * @param bearer whether the call came as a bearer's, and gets that challenge too
   * @param nonce what the next proof must carry
   */
  public Reply unproven(
      ServiceName service, Reason reason, boolean bearer, Optional<String> nonce) {
    String error =
        switch (reason) {
          case DPOP_NONCE_NEEDED -> "use_dpop_nonce";
          case DPOP_PROOF_MISSING, DPOP_PROOF_REFUSED, DPOP_PROOF_REPLAYED -> "invalid_dpop_proof";
          default -> "invalid_token";
        };
    Reply reply = unauthorized(service, reason);
    String challenge =
        "DPoP error=\""
            + error
            + "\", error_description=\""
            + reason.code()
            + "\", algs=\""
            + DpopProof.ALGORITHM
            + "\", "
            + target(service, scope);
    if (bearer) {
      reply.headers().add(HttpHeaderNames.WWW_AUTHENTICATE, challenge);
    } else {
      reply.headers().set(HttpHeaderNames.WWW_AUTHENTICATE, challenge);
    }
    return nonce.map(n -> reply.with("DPoP-Nonce", n)).orElse(reply);
  }

  /**
   * 403 for a token that lacks a scope (RFC 6750 section 3.1).
   *
   * @param needed every scope that the call needs
   * @param dpop whether the call came by that scheme, and gets a challenge of it (RFC 9449)
   */
  public Reply insufficientScope(ServiceName service, List<String> needed, boolean dpop) {
    return Reply.json(
            HttpResponseStatus.FORBIDDEN,
            "{\"error\":"
                + Json.quote(Reason.SCOPE_INSUFFICIENT.code())
                + ",\"message\":\"Forbidden: the token lacks a scope.\"}",
            Reason.SCOPE_INSUFFICIENT)
        .with(
            HttpHeaderNames.WWW_AUTHENTICATE,
            (dpop ? "DPoP" : "Bearer")
                + " error=\"insufficient_scope\", "
                + target(service, String.join(" ", needed)));
  }

  private String target(ServiceName service, String scope) {
    return "resource_metadata=\"" + metadata + service + "/mcp\", scope=\"" + scope + "\"";
  }
}
