package dev.doorward.auth.enterprise;

import dev.doorward.auth.engine.Ground;
import dev.doorward.auth.store.EnterpriseStore;
import dev.doorward.auth.store.EnterpriseStore.Identity;
import dev.doorward.auth.store.PersonRow;
import dev.doorward.auth.store.PersonStore;
import dev.doorward.common.identity.ClientId;
import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Reason;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The identity providers that the operator trusts to speak for people, and who those people are
 * here. Nobody is known by name or address: the operator links each one. Blocks.
 */
public final class Enterprise {
  private static final int MAX_NAME = 256;

  private final Ground ground;
  private final Map<String, ProviderKeys> trusted = new HashMap<>();

  /**
   * Providers.
   *
   * @param sources by issuer: the JWK set, or empty where it cannot be had now
   */
  public Enterprise(Ground ground, Map<String, Supplier<Optional<String>>> sources) {
    this.ground = ground;
    sources.forEach(
        (issuer, source) -> trusted.put(issuer, new ProviderKeys(source, ground.clock())));
  }

  /** Whether any provider is trusted. */
  public boolean isOn() {
    return !trusted.isEmpty();
  }

  /** What a client's assertion says, where it holds; whether it was used before is not asked. */
  public Outcome<Assertion> verify(String text, ClientId client) {
    return Assertion.verify(
        text, trusted, client, ground.settings().issuer(), ground.clock().instant());
  }

  /** Everybody who is linked. */
  public List<Identity> list() {
    return ground.transact(EnterpriseStore::all);
  }

  /** From now on {@code name} of {@code issuer} is that person. */
  public Outcome<Identity> link(String issuer, String name, String person) {
    if (!trusted.containsKey(issuer)) {
      return Outcome.failed(
          Reason.USAGE, "There is no identity provider with that issuer in edge.yaml.");
    }
    if (name.isEmpty() || name.length() > MAX_NAME) {
      return Outcome.failed(Reason.USAGE, "sub at the provider has 1 to 256 characters.");
    }
    return ground.transact(h -> {
      Optional<PersonRow> found = PersonStore.named(h, person.strip().toLowerCase(Locale.ROOT));
      if (found.isEmpty()) {
        return Outcome.failed(
            Reason.PERSON_UNKNOWN,
            "There is no person of that name; list them with: doorward people list");
      }
      var identity = new Identity(issuer, name, found.get().subject());
      if (!EnterpriseStore.link(h, identity)) {
        return Outcome.failed(
            Reason.USAGE, "That sub is linked to somebody already; unlink it first.");
      }
      ground.journal().note("enterprise_linked", noted(identity));
      return Outcome.ok(identity);
    });
  }

  /** Takes a link back. Tokens that came of it live on until they end, at most an hour. */
  public Outcome<Identity> unlink(String issuer, String name) {
    return ground.transact(h -> {
      Optional<Identity> found =
          EnterpriseStore.find(h, issuer, name).map(s -> new Identity(issuer, name, s));
      if (found.isEmpty() || !EnterpriseStore.unlink(h, issuer, name)) {
        return Outcome.failed(Reason.PERSON_UNKNOWN, "Nobody is linked to that issuer and sub.");
      }
      ground.journal().note("enterprise_unlinked", noted(found.get()));
      return Outcome.ok(found.get());
    });
  }

  private static Map<String, String> noted(Identity identity) {
    return Map.of(
        "provider", identity.issuer(),
        "sub", identity.name(),
        "subject", identity.subject().value());
  }
}
