package dev.doorward.auth.client;

import dev.doorward.auth.store.ClientRow.AuthMethod;
import dev.doorward.common.identity.ClientId;
import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Problem;
import dev.doorward.common.outcome.Reason;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * A client's metadata document (draft-ietf-oauth-client-id-metadata-document section 4): it names
 * its own URL exactly, and it can hold no secret, since everybody can read it.
 *
 * @param name safe to show
 * @param applicationType {@code web} or {@code native}
 * @param keys empty where the client does not authenticate
 * @param refreshes whether it wants refresh tokens
 */
record ClientDocument(
    String name,
    String applicationType,
    Optional<Keys> keys,
    List<String> redirectUris,
    boolean refreshes) {

  /** Where the keys are with which the client signs assertions. */
  sealed interface Keys {
    /** In the document itself. */
    record Inside(ClientKeys keys) implements Keys {}

    /** In a JWK set at another URL. */
    record At(URI url) implements Keys {}
  }

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
    if (said.text("client_name", "").isBlank()) {
      return Metadata.bad("it has no client_name.");
    }
    return keys(said)
        .then(keys ->
            said.redirects(MAX_REDIRECTS, appSchemes)
                .then(uris ->
                    said.applicationType(uris)
                        .then(type ->
                            said.refreshes()
                                .then(refreshes ->
                                    said.name("Unnamed app")
                                        .then(name ->
                                            Outcome.ok(
                                                new ClientDocument(
                                                    name, type, keys, uris, refreshes)))))));
  }

  private static Outcome<Optional<Keys>> keys(Metadata said) {
    String method = said.text("token_endpoint_auth_method", "none");
    if (method.equals("none")) {
      return Outcome.ok(Optional.empty());
    }
    if (!method.equals(AuthMethod.ASSERTION.code())) {
      return Metadata.bad("its token_endpoint_auth_method must be none or private_key_jwt.");
    }
    Optional<String> inside = said.object("jwks");
    if (inside.isPresent()) {
      return ClientKeys.parse(inside.get())
          .then(keys -> Outcome.ok(Optional.of(new Keys.Inside(keys))));
    }
    try {
      URI url = new URI(said.text("jwks_uri", ""));
      return "https".equals(url.getScheme())
          ? Outcome.ok(Optional.of(new Keys.At(url)))
          : Metadata.bad("it has neither jwks nor a jwks_uri with https.");
    } catch (URISyntaxException e) {
      return Metadata.bad("its jwks_uri is no URL.");
    }
  }
}
