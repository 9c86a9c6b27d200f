package dev.doorward.auth.upstream;

import dev.doorward.auth.engine.Ground;
import dev.doorward.auth.login.PersonNames;
import dev.doorward.auth.store.PersonRow;
import dev.doorward.auth.store.PersonStore;
import dev.doorward.auth.store.Sealer;
import dev.doorward.auth.store.SecretHash;
import dev.doorward.auth.store.UpstreamStore;
import dev.doorward.auth.store.UpstreamStore.Identity;
import dev.doorward.common.identity.ServiceName;
import dev.doorward.common.identity.Subject;
import dev.doorward.config.edge.UpstreamConfig;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;

/**
 * Decides who an account elsewhere is here. It is known by issuer and identifier alone: an address
 * or a name that a person here has too makes nobody that person. Who is new comes in by a list of
 * the operator's, by a setup link, or not at all; who came in by a list is held against it again
 * each time.
 */
final class Arrival {
  private final Ground ground;
  private final Sealer sealer;

  /** Who has arrived. */
  sealed interface Result {
    /** A person of ours. */
    record Welcome(PersonRow person) implements Result {}

    /** Nobody who may come in. */
    record NotAdmitted() implements Result {}

    /** Somebody who came in by a list and is on none any more. */
    record Delisted(Subject subject) implements Result {}

    /** The account is another person's. */
    record Taken() implements Result {}

    /** The setup link is of no use any more. */
    record LinkGone() implements Result {}
  }

  Arrival(Ground ground, Sealer sealer) {
    this.ground = ground;
    this.sealer = sealer;
  }

  /** Somebody signs in. */
  Result signIn(Handle h, Providers.Named provider, Account account) {
    Optional<Identity> known = UpstreamStore.find(h, account.issuer(), account.id());
    boolean allowed = Admission.allows(provider.config(), account);
    if (known.isPresent()) {
      if (known.get().admitted() && !allowed) {
        UpstreamStore.forgetToken(h, known.get().id());
        return new Result.Delisted(known.get().subject());
      }
      used(h, known.get(), account);
      return PersonStore.find(h, known.get().subject())
          .<Result>map(Result.Welcome::new)
          .orElseGet(Result.NotAdmitted::new);
    }
    return allowed ? new Result.Welcome(newcomer(h, provider, account)) : new Result.NotAdmitted();
  }

  /** A person who is signed in adds an account. */
  Result link(Handle h, Providers.Named provider, Account account, PersonRow person) {
    Optional<Identity> known = UpstreamStore.find(h, account.issuer(), account.id());
    if (known.isPresent() && !known.get().subject().equals(person.subject())) {
      return new Result.Taken();
    }
    if (known.isEmpty()) {
      insert(h, provider, account, person.subject(), false);
      note("account_linked", provider, person);
    }
    return new Result.Welcome(person);
  }

  /** Somebody who was invited comes with an account instead of a password. */
  Result invited(Handle h, Providers.Named provider, Account account, SecretHash link) {
    Optional<PersonRow> person = PersonStore.ofLink(h, link, ground.clock().instant());
    if (person.isEmpty()) {
      return new Result.LinkGone();
    }
    Result linked = link(h, provider, account, person.get());
    if (linked instanceof Result.Welcome) {
      PersonStore.deleteLinks(h, person.get().subject());
      UpstreamStore.invited(h, person.get().subject());
    }
    return linked;
  }

  private PersonRow newcomer(Handle h, Providers.Named provider, Account account) {
    UpstreamConfig config = provider.config();
    var person =
        new PersonRow(
            new Subject(ground.mint().id("p_")),
            PersonNames.free(h, account.email().orElse(account.name()), ground.mint()),
            false,
            Set.copyOf(config.services()),
            Optional.empty(),
            ground.clock().instant());
    PersonStore.insert(h, person);
    insert(h, provider, account, person.subject(), true);
    note("person_admitted", provider, person);
    return person;
  }

  private void insert(
      Handle h, Providers.Named provider, Account account, Subject subject, boolean admitted) {
    Instant now = ground.clock().instant();
    UpstreamStore.insert(
        h,
        new Identity(
            account.issuer(),
            account.id(),
            ground.mint().id("u_"),
            provider.name(),
            subject,
            shown(account),
            admitted,
            now,
            now,
            now,
            admitted ? sealed(account) : Optional.empty()));
  }

  private void used(Handle h, Identity known, Account account) {
    UpstreamStore.used(
        h,
        known.id(),
        shown(account),
        ground.clock().instant(),
        known.admitted() ? sealed(account) : Optional.empty());
  }

  private Optional<byte[]> sealed(Account account) {
    return account
        .token()
        .map(token -> sealer.seal(MembershipWatch.PURPOSE, token.getBytes(StandardCharsets.UTF_8)));
  }

  /** At most 80 characters that show. */
  private static String shown(Account account) {
    String text =
        account
            .email()
            .orElse(account.name())
            .replaceAll("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]", "")
            .strip();
    return text.codePointCount(0, text.length()) <= 80
        ? text
        : text.substring(0, text.offsetByCodePoints(0, 80));
  }

  private void note(String event, Providers.Named provider, PersonRow person) {
    ground
        .journal()
        .note(
            event,
            Map.of(
                "subject", person.subject().value(),
                "person", person.name(),
                "provider", provider.name(),
                "services",
                    person.services().stream()
                        .map(ServiceName::value)
                        .sorted()
                        .collect(Collectors.joining(","))));
  }
}
