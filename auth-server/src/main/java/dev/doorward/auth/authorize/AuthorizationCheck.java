package dev.doorward.auth.authorize;

import dev.doorward.auth.client.RedirectRule;
import dev.doorward.auth.engine.AuthSettings;
import dev.doorward.auth.engine.Parameters;
import dev.doorward.auth.engine.Scopes;
import dev.doorward.auth.enrol.AgentDirectory;
import dev.doorward.auth.store.ClientRow;
import dev.doorward.auth.token.Pkce;
import dev.doorward.common.identity.ClientId;
import dev.doorward.common.identity.Issuer;
import dev.doorward.common.identity.Resource;
import dev.doorward.common.identity.ServiceName;
import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Problem;
import dev.doorward.common.outcome.Reason;
import dev.doorward.common.token.DpopProof;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/**
 * Judges the parameters of an authorization request (OAuth 2.1 section 4.1.1, RFC 8707). Until
 * client and redirect URI are known to belong together nothing is sent anywhere: what is wrong is
 * shown. From then on errors go back to the client.
 *
 * @param services every service that was ever offered, to fill in a missing {@code resource}
 * @param appSchemes schemes that redirect URIs of apps may have; asked again here, since the list
 *     may have changed since a client registered
 * @param pushed whether the request came from the client itself (RFC 9126)
 */
record AuthorizationCheck(
    Issuer issuer,
    Optional<ServiceName> defaultService,
    Set<ServiceName> services,
    Set<String> appSchemes,
    Scopes scopes,
    boolean pushed,
    Function<ClientId, Outcome<ClientRow>> clients) {

  private static final int MAX_STATE = 2048;

  /** A check as the settings say. */
  static AuthorizationCheck of(
      AuthSettings settings,
      AgentDirectory agents,
      boolean pushed,
      Function<ClientId, Outcome<ClientRow>> clients) {
    return new AuthorizationCheck(
        settings.issuer(),
        settings.defaultService(),
        agents.services(),
        settings.clients().appSchemes(),
        settings.scopes(),
        pushed,
        clients);
  }

  /** What becomes of a request. */
  sealed interface Checked {
    /**
     * It may be put before the person.
     *
     * @param asks whether the person is to be asked though they allowed the same before
     */
    record Accepted(
        ClientRow client,
        String redirectUri,
        Optional<String> state,
        String challenge,
        Resource resource,
        String scope,
        Optional<String> key,
        boolean asks)
        implements Checked {}

    /** Nobody can be trusted with an answer: an error page. */
    record Shown(Problem problem) implements Checked {}

    /**
     * The client gets an error.
     *
     * @param error the protocol's code
     */
    record SentBack(String redirectUri, Optional<String> state, String error, Problem problem)
        implements Checked {}
  }

  /** A client and where its answer goes. */
  private record Party(ClientRow client, String redirectUri, Optional<String> state) {
    Checked error(String error, Reason reason, String text) {
      return new Checked.SentBack(redirectUri, state, error, new Problem(reason, text));
    }
  }

  Checked check(Parameters parameters) {
    return switch (party(parameters)) {
      case Outcome.Failed<Party>(var problem) -> new Checked.Shown(problem);
      case Outcome.Ok<Party>(var party) -> request(party, parameters);
    };
  }

  private Outcome<Party> party(Parameters parameters) {
    List<String> ids = parameters.all("client_id");
    if (ids.size() != 1) {
      return shown(
          Reason.OAUTH_REQUEST_REFUSED, "The app did not say which app it is (client_id).");
    }
    if (!ClientId.isValid(ids.getFirst())) {
      return shown(
          Reason.CLIENT_UNKNOWN, "The app's name for itself (client_id) is none that any app has.");
    }
    return clients.apply(new ClientId(ids.getFirst())).then(client -> party(parameters, client));
  }

  private Outcome<Party> party(Parameters parameters, ClientRow client) {
    List<String> uris = parameters.all("redirect_uri");
    List<String> registered = client.redirectUris();
    if (uris.size() > 1 || (uris.isEmpty() && registered.size() != 1)) {
      return shown(
          Reason.REDIRECT_REFUSED, "The app did not say where to send the answer (redirect_uri).");
    }
    String uri = uris.isEmpty() ? registered.getFirst() : uris.getFirst();
    if (!RedirectRule.matches(registered, uri)
        || RedirectRule.register(uri, appSchemes) instanceof Outcome.Failed<String>) {
      return shown(
          Reason.REDIRECT_REFUSED,
          "The app wants the answer at an address (redirect_uri) that it did not register. If you"
              + " followed a link to get here, do not trust it.");
    }
    return Outcome.ok(new Party(client, uri, state(parameters)));
  }

  private Checked request(Party party, Parameters parameters) {
    if (parameters.repeated("resource").isPresent()) {
      return invalid(party, "A parameter is there more than once.");
    }
    if (parameters.one("state").isPresent() && party.state().isEmpty()) {
      return invalid(party, "state must be at most 2048 printable ASCII characters.");
    }
    if (party.client().pushes() && !pushed) {
      return invalid(party, "This client must push its requests (RFC 9126).");
    }
    if (parameters.one("request").isPresent()) {
      return party.error(
          "request_not_supported", Reason.OAUTH_REQUEST_REFUSED, "request is not supported.");
    }
    if (parameters.one("request_uri").isPresent()) {
      return party.error(
          "request_uri_not_supported",
          Reason.OAUTH_REQUEST_REFUSED,
          "request_uri is not supported.");
    }
    Optional<String> type = parameters.one("response_type");
    if (type.isEmpty()) {
      return invalid(party, "response_type is missing.");
    }
    if (!type.get().equals("code")) {
      return party.error(
          "unsupported_response_type", Reason.OAUTH_REQUEST_REFUSED, "response_type must be code.");
    }
    if (!parameters.one("response_mode").orElse("query").equals("query")) {
      return invalid(party, "response_mode must be query.");
    }
    if (parameters.one("prompt").orElse("").equals("none")) {
      return party.error(
          "interaction_required",
          Reason.OAUTH_REQUEST_REFUSED,
          "Consent may have to be asked for, so prompt=none cannot work.");
    }
    return proofKey(party, parameters);
  }

  private Checked proofKey(Party party, Parameters parameters) {
    Optional<String> challenge = parameters.one("code_challenge");
    if (challenge.isEmpty()) {
      return pkce(party, "code_challenge is missing: PKCE with S256 is required.");
    }
    if (!parameters.one("code_challenge_method").orElse("plain").equals("S256")) {
      return pkce(party, "code_challenge_method must be S256.");
    }
    if (!Pkce.isChallenge(challenge.get())) {
      return pkce(party, "code_challenge must be 43 characters of base64url.");
    }
    Optional<String> key = parameters.one("dpop_jkt");
    if (key.filter(k -> !DpopProof.isThumbprint(k)).isPresent()) {
      return invalid(party, "dpop_jkt must be the SHA-256 thumbprint of a key.");
    }
    Optional<ServiceName> service = service(parameters);
    if (service.isEmpty()) {
      return party.error(
          "invalid_target",
          Reason.RESOURCE_UNKNOWN,
          "resource must be the URL of one service of this server.");
    }
    return new Checked.Accepted(
        party.client(),
        party.redirectUri(),
        party.state(),
        challenge.get(),
        issuer.resourceOf(service.get()),
        scopes.granted(parameters.one("scope").orElse(""), service.get()),
        key,
        List.of(parameters.one("prompt").orElse("").split(" ")).contains("consent"));
  }

  /**
   * The one service that the request is for. Its name need not exist: whether it does is told to
   * nobody who is not signed in.
   */
  private Optional<ServiceName> service(Parameters parameters) {
    List<String> resources = parameters.all("resource");
    if (resources.size() == 1) {
      return Resource.parse(resources.getFirst()).flatMap(issuer::serviceOf);
    }
    if (!resources.isEmpty()) {
      return Optional.empty();
    }
    return defaultService.or(
        () -> services.size() == 1 ? Optional.of(services.iterator().next()) : Optional.empty());
  }

  /** The state, where it is one that can be sent back unchanged. */
  private static Optional<String> state(Parameters parameters) {
    return parameters
        .one("state")
        .filter(_ -> parameters.all("state").size() == 1)
        .filter(s -> s.length() <= MAX_STATE && s.chars().allMatch(c -> c >= 0x20 && c < 0x7f));
  }

  private static Checked invalid(Party party, String text) {
    return party.error("invalid_request", Reason.OAUTH_REQUEST_REFUSED, text);
  }

  private static Checked pkce(Party party, String text) {
    return party.error("invalid_request", Reason.PKCE_REFUSED, text);
  }

  private static <T> Outcome<T> shown(Reason reason, String text) {
    return Outcome.failed(reason, text);
  }
}
