package dev.doorward.auth.personal;

import dev.doorward.auth.engine.Ground;
import dev.doorward.auth.store.PersonRow;
import dev.doorward.auth.store.PersonalTokenStore;
import dev.doorward.auth.store.PersonalTokenStore.PersonalToken;
import dev.doorward.auth.store.SecretHash;
import dev.doorward.auth.token.AccessTokens;
import dev.doorward.auth.token.LiveGrants;
import dev.doorward.common.identity.ClientId;
import dev.doorward.common.identity.Resource;
import dev.doorward.common.identity.Secret;
import dev.doorward.common.identity.ServiceName;
import dev.doorward.common.identity.Subject;
import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Problem;
import dev.doorward.common.outcome.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jdbi.v3.core.Handle;

/**
 * Personal access tokens: made by a person or the operator for one service, kept as hashes, and
 * exchanged for JWTs of five minutes, which agents check like any other. The exchange answers from
 * memory; the rest blocks on storage. Safe on any thread.
 */
public final class PersonalTokens {
  /** The client that such a token stands for in the JWTs it is exchanged for. */
  public static final ClientId CLIENT = new ClientId("personal_token");

  private static final Duration JWT_LIFE = Duration.ofMinutes(5);
  private static final Duration LEAST = Duration.ofMinutes(1);
  private static final int MAX_NAME = 80;

  private final Ground ground;
  private final LiveGrants grants;
  private final AccessTokens signed;
  private final Map<SecretHash, PersonalToken> byHash = new ConcurrentHashMap<>();
  private final Map<String, Instant> used = new ConcurrentHashMap<>();

  /** A new token with its text, to be shown this once. */
  public record Created(PersonalToken token, Secret text) {}

  /** What a token was exchanged for, or why it was not. */
  public sealed interface Exchange {
    /** A short-lived access token. */
    record Done(AccessTokens.Made made) implements Exchange {}

    /** None. */
    record Refused(Reason reason) implements Exchange {}
  }

  /** Loads every token from the storage of {@code ground}. Blocks. */
  public PersonalTokens(Ground ground, LiveGrants grants, AccessTokens signed) {
    this.ground = ground;
    this.grants = grants;
    this.signed = signed;
    for (PersonalToken token : ground.transact(PersonalTokenStore::all)) {
      byHash.put(token.hash(), token);
      grants.begins(token.id());
    }
  }

  /** Whether {@code text} is to be exchanged rather than verified. */
  public static boolean isOne(String text) {
    return text.startsWith(TokenText.PREFIX);
  }

  /** An identifier for a token that is yet to be made. */
  public String newId() {
    return ground.mint().id("pat_");
  }

  /**
   * Makes a token.
   *
   * @param id from {@link #newId}: a second attempt with the same one makes nothing
   * @param scope what it shall permit beside the plain use; what the service does not have is left
   *     out
   * @param by {@code person} or {@code operator}
   */
  public Outcome<Created> create(
      String id,
      PersonRow person,
      ServiceName service,
      String scope,
      String name,
      Duration life,
      String by) {
    Optional<Problem> problem = check(person, service, name, life);
    if (problem.isPresent()) {
      return Outcome.failed(problem.get());
    }
    Secret text = TokenText.of(ground.mint().bytes(TokenText.RANDOM_BYTES));
    Instant now = ground.clock().instant();
    var token =
        new PersonalToken(
            id,
            SecretHash.of(text.reveal()),
            person.subject(),
            name.strip(),
            ground.settings().issuer().resourceOf(service),
            ground.settings().scopes().granted(scope, service),
            now,
            now.plus(life),
            Optional.empty());
    Optional<Problem> refused = ground.transact(h -> insert(h, token, person, by));
    if (refused.isPresent()) {
      return Outcome.failed(refused.get());
    }
    byHash.put(token.hash(), token);
    grants.begins(id);
    return Outcome.ok(new Created(token, text));
  }

  private Optional<Problem> check(
      PersonRow person, ServiceName service, String name, Duration life) {
    String plain = name.strip();
    if (plain.isEmpty()
        || plain.length() > MAX_NAME
        || plain.codePoints().anyMatch(PersonalTokens::isOdd)) {
      return refused("Give the token a name of 1 to 80 characters that says what it is for.");
    }
    Duration most = ground.settings().lives().personalToken();
    if (life.compareTo(LEAST) < 0 || life.compareTo(most) > 0) {
      return refused(
          "A token lives for at least a minute and at most "
              + (most.toDays() > 0 ? most.toDays() + " days" : most.toMinutes() + " minutes")
              + " here.");
    }
    return person.mayUse(service)
        ? Optional.empty()
        : Optional.of(
            new Problem(Reason.SERVICE_NOT_ALLOWED, "There is no such service for this person."));
  }

  private Optional<Problem> insert(Handle h, PersonalToken token, PersonRow person, String by) {
    if (PersonalTokenStore.find(h, token.id()).isPresent()) {
      return refused("This token was made already; look at the list.");
    }
    int most = ground.settings().personalTokens();
    if (PersonalTokenStore.of(h, person.subject()).size() >= most) {
      return refused("There are " + most + " tokens already; revoke one that is not used.");
    }
    PersonalTokenStore.insert(h, token);
    ground.clock().keep(h);
    ground.journal().note("personal_token_created", noted(token, by));
    return Optional.empty();
  }

  /** A person's tokens, newest first. */
  public List<PersonalToken> of(Subject subject) {
    return ground.transact(h -> PersonalTokenStore.of(h, subject));
  }

  /** Everybody's tokens, newest first. */
  public List<PersonalToken> all() {
    return ground.transact(PersonalTokenStore::all);
  }

  /**
   * Ends a token durably, and everything that goes on with it, at once.
   *
   * @param owner only a token of this person's, where given
   * @param by {@code person} or {@code operator}
   */
  public Optional<PersonalToken> revoke(String id, Optional<Subject> owner, String by) {
    Optional<PersonalToken> ended =
        ground.transact(h ->
            PersonalTokenStore.find(h, id)
                .filter(token -> owner.map(token.subject()::equals).orElse(true))
                .filter(token -> PersonalTokenStore.delete(h, token.id())));
    ended.ifPresent(token -> {
      byHash.remove(token.hash());
      grants.ended(token.id());
      ground.journal().note("personal_token_revoked", noted(token, by));
    });
    return ended;
  }

  /** A JWT for the way to the agent. Answers from memory; costs one signature. */
  public Exchange exchange(String text, Resource audience) {
    if (!TokenText.isWellFormed(text)) {
      return new Exchange.Refused(Reason.TOKEN_MALFORMED);
    }
    PersonalToken token = byHash.get(SecretHash.of(text));
    Optional<PersonRow> person =
        Optional.ofNullable(token).flatMap(t -> grants.person(t.subject()));
    if (token == null || person.isEmpty()) {
      return new Exchange.Refused(Reason.PERSONAL_TOKEN_REFUSED);
    }
    Instant now = ground.clock().instant();
    if (!token.expiresAt().isAfter(now)) {
      return new Exchange.Refused(Reason.TOKEN_EXPIRED);
    }
    if (!token.resource().equals(audience)) {
      return new Exchange.Refused(Reason.TOKEN_AUDIENCE_MISMATCH);
    }
    used.put(token.id(), now);
    Instant ends = now.plus(JWT_LIFE);
    return new Exchange.Done(
        signed.make(
            token.id(),
            person.get(),
            CLIENT,
            audience,
            token.scope(),
            ends.isAfter(token.expiresAt()) ? token.expiresAt() : ends,
            Optional.empty()));
  }

  /** The same for whichever service the token is for. */
  public Exchange exchange(String text) {
    PersonalToken token = TokenText.isWellFormed(text) ? byHash.get(SecretHash.of(text)) : null;
    return token == null
        ? new Exchange.Refused(Reason.PERSONAL_TOKEN_REFUSED)
        : exchange(text, token.resource());
  }

  /** Writes down what was used, and forgets tokens that are gone from the store. */
  public void maintain() {
    Iterator<Map.Entry<String, Instant>> uses = used.entrySet().iterator();
    while (uses.hasNext()) {
      Map.Entry<String, Instant> use = uses.next();
      uses.remove();
      ground.change(h -> PersonalTokenStore.touch(h, use.getKey(), use.getValue()));
    }
    Instant now = ground.clock().instant();
    byHash.values().removeIf(token -> !token.expiresAt().isAfter(now));
  }

  private static boolean isOdd(int c) {
    return Character.isISOControl(c)
        || Character.getType(c) == Character.FORMAT
        || Character.getType(c) == Character.SURROGATE;
  }

  private static Optional<Problem> refused(String text) {
    return Optional.of(new Problem(Reason.PERSONAL_TOKEN_REFUSED, text));
  }

  private static Map<String, String> noted(PersonalToken token, String by) {
    return Map.of(
        "token", token.id(),
        "subject", token.subject().value(),
        "name", token.name(),
        "resource", token.resource().value(),
        "scope", token.scope(),
        "ends", token.expiresAt().toString(),
        "by", by);
  }
}
