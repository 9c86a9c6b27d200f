package dev.doorward.auth.client;

import dev.doorward.common.identity.ClientId;
import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Problem;
import dev.doorward.common.outcome.Reason;
import java.util.List;
import java.util.Set;

/**
 * A client's metadata document (draft-ietf-oauth-client-id-metadata-document section 4): it names
 * its own URL exactly, and it can hold no secret, since everybody can read it.
 *
 * @param name safe to show
 * @param applicationType {@code web} or {@code native}
 * @param refreshes whether it wants refresh tokens
 */
record ClientDocument(
    String name, String applicationType, List<String> redirectUris, boolean refreshes) {

  private static final int MAX_REDIRECTS = 32;

  /** Reads the document at {@code id}. What is wrong is for the person to pass on. */
  static Outcome<ClientDocument> parse(byte[] body, ClientId id, Set<String> appSchemes) {
    Outcome<ClientDocument> parsed = Metadata.read(body).then(said -> parse(said, id, appSchemes));
    return switch (parsed) {
      case Outcome.Ok<ClientDocument> ok -> ok;
      case Outcome.Failed<ClientDocument>(Problem problem) ->
          Outcome.failed(
              Reason.CLIENT_DOCUMENT_REFUSED,
              "The document that describes this app breaks a rule, so it cannot sign you in: "
                  + problem.text());
    };
  }

  private static Outcome<ClientDocument> parse(Metadata said, ClientId id, Set<String> appSchemes) {
    if (!said.text("client_id", "").equals(id.value())) {
      return Metadata.bad("its client_id is not exactly the URL that it is at.");
    }
    if (said.has("client_secret") || said.has("client_secret_expires_at")) {
      return Metadata.bad("it holds a client_secret, which everybody can read there.");
    }
    if (!said.text("token_endpoint_auth_method", "none").equals("none")) {
      return Metadata.bad("its token_endpoint_auth_method must be none.");
    }
    if (said.text("client_name", "").isBlank()) {
      return Metadata.bad("it has no client_name.");
    }
    return said.redirects(MAX_REDIRECTS, appSchemes)
        .then(uris ->
            said.applicationType(uris)
                .then(type ->
                    said.refreshes()
                        .then(refreshes ->
                            said.name("Unnamed app")
                                .then(name ->
                                    Outcome.ok(new ClientDocument(name, type, uris, refreshes))))));
  }
}
