package dev.doorward.edge.reply;

import dev.doorward.common.identity.Issuer;
import dev.doorward.common.identity.ServiceName;
import dev.doorward.common.outcome.Reason;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;

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
        .with(HttpHeaderNames.WWW_AUTHENTICATE, "Bearer " + error + target(service));
  }

  /** 403 for a token that lacks a scope. */
  public Reply insufficientScope(ServiceName service) {
    return Reply.json(
            HttpResponseStatus.FORBIDDEN,
            "{\"error\":"
                + Json.quote(Reason.SCOPE_INSUFFICIENT.code())
                + ",\"message\":\"Forbidden: the token lacks a scope.\"}",
            Reason.SCOPE_INSUFFICIENT)
        .with(
            HttpHeaderNames.WWW_AUTHENTICATE,
            "Bearer error=\"insufficient_scope\", " + target(service));
  }

  private String target(ServiceName service) {
    return "resource_metadata=\"" + metadata + service + "/mcp\", scope=\"" + scope + "\"";
  }
}
