package dev.doorward.auth.client;

import dev.doorward.auth.store.ClientRow.AuthMethod;
import dev.doorward.common.outcome.Outcome;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a client asked for in a registration (RFC 7591 section 2).
 *
 * @param applicationType {@code web} or {@code native}
 * @param refreshes whether it wants refresh tokens
 */
record Registration(
    String name,
    String applicationType,
    AuthMethod authMethod,
    List<String> redirectUris,
    boolean refreshes) {

  private static final int MAX_REDIRECTS = 10;

  /** Reads a request body. Problems are for the developer of the client. */
  static Outcome<Registration> parse(byte[] body, Set<String> appSchemes) {
    return Metadata.read(body)
        .then(said -> said.redirects(MAX_REDIRECTS, appSchemes).then(uris -> parse(said, uris)));
  }

  private static Outcome<Registration> parse(Metadata said, List<String> uris) {
    Optional<AuthMethod> method =
        AuthMethod.of(said.text("token_endpoint_auth_method", AuthMethod.BASIC.code()))
            .filter(m -> m != AuthMethod.ASSERTION);
    if (method.isEmpty()) {
      return Metadata.bad("token_endpoint_auth_method must be none or a client_secret method.");
    }
    return said.applicationType(uris)
        .then(type ->
            said.refreshes()
                .then(refreshes ->
                    said.name("Unnamed app")
                        .then(name ->
                            Outcome.ok(
                                new Registration(name, type, method.get(), uris, refreshes)))));
  }
}
