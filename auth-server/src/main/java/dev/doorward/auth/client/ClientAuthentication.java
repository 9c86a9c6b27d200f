package dev.doorward.auth.client;

import dev.doorward.auth.engine.Allowance;
import dev.doorward.auth.engine.AuthCall;
import dev.doorward.auth.engine.AuthReply;
import dev.doorward.auth.engine.AuthReply.Header;
import dev.doorward.auth.engine.Ground;
import dev.doorward.auth.engine.JsonReply;
import dev.doorward.auth.engine.Network;
import dev.doorward.auth.engine.Parameters;
import dev.doorward.auth.store.AssertionStore;
import dev.doorward.auth.store.ClientRow;
import dev.doorward.auth.store.ClientRow.AuthMethod;
import dev.doorward.auth.store.SecretHash;
import dev.doorward.common.identity.ClientId;
import dev.doorward.common.identity.Fingerprint;
import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Problem;
import dev.doorward.common.outcome.Reason;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Which client speaks at the token, revocation and PAR endpoints (RFC 6749 section 2.3): by exactly
 * the method that it registered. Somebody who keeps failing as a client that has a secret or a key
 * has to wait, for that client and from that network only, so that strangers cannot lock it out.
 */
public final class ClientAuthentication {
  private static final Header BASIC = new Header("WWW-Authenticate", "Basic realm=\"doorward\"");
  private static final int MISSES = 30;
  private static final Duration PERIOD = Duration.ofMinutes(10);
  private static final Problem LIMITED =
      new Problem(
          Reason.ADDRESS_LIMITED,
          "This client failed to authenticate too often from your network; try again later.");

  private final Ground ground;
  private final Clients clients;
  private final Allowance misses;

  /** What shows that a client is itself. */
  private sealed interface Proof {
    record Nothing() implements Proof {}

    record Password(AuthMethod method, String secret) implements Proof {}

    record Assertion(String text) implements Proof {}
  }

  /** Credentials as they were presented. */
  private record Presented(String id, Proof proof) {}

  /** Looks clients up in the storage of {@code ground}. */
  public ClientAuthentication(Ground ground, Clients clients) {
    this.ground = ground;
    this.clients = clients;
    this.misses = new Allowance(ground.clock(), MISSES, PERIOD);
  }

  /** The client, or why not: then {@link #refuse} is the answer. */
  public Outcome<ClientRow> authenticate(AuthCall call, Parameters form) {
    Network network = Network.of(call.remote());
    return presented(call, form)
        .then(presented ->
            ClientId.isValid(presented.id())
                ? clients
                    .known(new ClientId(presented.id()), network)
                    .then(client -> check(client, presented.proof(), network))
                : Outcome.failed(Reason.CLIENT_UNKNOWN, "There is no client of that name."));
  }

  /** The protocol's answer where there is no such client (RFC 6749 section 5.2). */
  public static AuthReply refuse(AuthCall call, Problem problem) {
    if (problem.reason() == Reason.ADDRESS_LIMITED) {
      return JsonReply.error(
          429,
          "temporarily_unavailable",
          problem.reason(),
          problem.text(),
          new Header("Retry-After", "60"));
    }
    return call.headers().containsKey("authorization")
        ? JsonReply.error(401, "invalid_client", problem.reason(), problem.text(), BASIC)
        : JsonReply.error(401, "invalid_client", problem.reason(), problem.text());
  }

  private Outcome<ClientRow> check(ClientRow client, Proof proof, Network network) {
    if (client.authMethod() == AuthMethod.NONE) {
      return proof instanceof Proof.Nothing ? Outcome.ok(client) : otherMethod(client);
    }
    Network here = new Network(network.prefix() + " " + digest(client.id()));
    if (misses.wait(here).isPresent()) {
      return Outcome.failed(LIMITED);
    }
    Outcome<ClientRow> outcome = proven(client, proof);
    if (outcome instanceof Outcome.Failed<ClientRow>(Problem problem)) {
      misses.spend(here);
      ground
          .journal()
          .note(
              "client_unproven",
              Map.of(
                  "client", client.id().value(),
                  "reason", problem.reason().code(),
                  "network", network.prefix()));
    }
    return outcome;
  }

  private Outcome<ClientRow> proven(ClientRow client, Proof proof) {
    return switch (proof) {
      case Proof.Nothing _ -> otherMethod(client);
      case Proof.Password(AuthMethod method, _) when method != client.authMethod() ->
          otherMethod(client);
      case Proof.Password(_, String secret) ->
          client.secret().filter(SecretHash.of(secret)::equals).isPresent()
              ? Outcome.ok(client)
              : refused("The client secret is wrong.");
      case Proof.Assertion _ when client.authMethod() != AuthMethod.ASSERTION ->
          otherMethod(client);
      case Proof.Assertion(String text) ->
          client
              .keys()
              .map(ClientKeys::parse)
              .orElseGet(() -> refused("This client has no keys."))
              .then(keys ->
                  ClientAssertion.verify(
                      text,
                      client.id(),
                      keys,
                      ground.settings().issuer(),
                      ground.clock().instant()))
              .then(assertion ->
                  use(assertion)
                      ? Outcome.ok(client)
                      : refused("The client assertion was used before."));
    };
  }

  private boolean use(ClientAssertion assertion) {
    return ground.transact(h -> AssertionStore.use(h, assertion.hash(), assertion.expiresAt()));
  }

  private static <T> Outcome<T> otherMethod(ClientRow client) {
    return refused("This client must authenticate by " + client.authMethod().code() + ".");
  }

  private static Outcome<Presented> presented(AuthCall call, Parameters form) {
    List<String> headers = call.headers().getOrDefault("authorization", List.of());
    if (headers.size() > 1) {
      return refused("There must be one Authorization header at most.");
    }
    Optional<String> id = form.one("client_id");
    Optional<String> secret = form.one("client_secret");
    Optional<String> assertion = form.one("client_assertion");
    long ways =
        Stream.of(!headers.isEmpty(), secret.isPresent(), assertion.isPresent())
            .filter(way -> way)
            .count();
    if (ways > 1) {
      return refused("The client credentials were sent in more than one way.");
    }
    if (assertion.isPresent()) {
      return asserted(form, assertion.get(), id);
    }
    if (headers.isEmpty()) {
      return id.isEmpty()
          ? refused("client_id is missing.")
          : Outcome.ok(
              new Presented(
                  id.get(),
                  secret
                      .<Proof>map(text -> new Proof.Password(AuthMethod.POST, text))
                      .orElseGet(Proof.Nothing::new)));
    }
    Optional<Presented> basic = basic(headers.getFirst());
    if (basic.isEmpty()) {
      return refused("The client credentials are malformed.");
    }
    return id.isPresent() && !id.get().equals(basic.get().id())
        ? refused("client_id differs from the Authorization header.")
        : Outcome.ok(basic.get());
  }

  private static Outcome<Presented> asserted(
      Parameters form, String assertion, Optional<String> id) {
    if (!form.one("client_assertion_type").orElse("").equals(ClientAssertion.TYPE)) {
      return refused("client_assertion_type must be " + ClientAssertion.TYPE + ".");
    }
    Optional<String> by = ClientAssertion.claimedBy(assertion);
    if (by.isEmpty()) {
      return refused("The client assertion is malformed.");
    }
    return id.isPresent() && !id.equals(by)
        ? refused("client_id differs from the client assertion.")
        : Outcome.ok(new Presented(by.get(), new Proof.Assertion(assertion)));
  }

  /** Both parts are form-encoded before they are joined (RFC 6749 section 2.3.1). */
  private static Optional<Presented> basic(String header) {
    if (!header.regionMatches(true, 0, "Basic ", 0, 6)) {
      return Optional.empty();
    }
    String pair;
    try {
      byte[] decoded = Base64.getDecoder().decode(header.substring(6).strip());
      pair = new String(decoded, StandardCharsets.ISO_8859_1);
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
    int colon = pair.indexOf(':');
    if (colon < 0 || pair.indexOf('&') >= 0 || pair.indexOf('=') >= 0) {
      return Optional.empty();
    }
    return Parameters.parse(
            "id=" + pair.substring(0, colon) + "&secret=" + pair.substring(colon + 1))
        .flatMap(parts ->
            parts
                .one("id")
                .map(id ->
                    new Presented(
                        id, new Proof.Password(AuthMethod.BASIC, parts.one("secret").orElse("")))));
  }

  private static String digest(ClientId id) {
    return Fingerprint.of(id.value().getBytes(StandardCharsets.US_ASCII)).hex().substring(0, 16);
  }

  private static <T> Outcome<T> refused(String text) {
    return Outcome.failed(Reason.CLIENT_UNPROVEN, text);
  }
}
