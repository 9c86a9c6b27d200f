package dev.doorward.auth.login;

import dev.doorward.auth.engine.AuthCall;
import dev.doorward.auth.engine.AuthReply.Header;
import dev.doorward.auth.engine.Ground;
import dev.doorward.auth.engine.Network;
import dev.doorward.auth.store.PersonRow;
import dev.doorward.auth.store.PersonStore;
import dev.doorward.common.outcome.Outcome;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Checks a name and a password and opens a session. */
final class SignIn {
  private final Ground ground;
  private final Sessions sessions;
  private final PasswordHasher hasher;
  private final SignInThrottle throttle;

  /** What became of an attempt. */
  sealed interface Result {
    /** Signed in. */
    record Done(List<Header> cookies) implements Result {}

    /** The name or the password is wrong; which one is not told. */
    record Wrong() implements Result {}

    /** Too many failures before. */
    record Limited(Duration time) implements Result {}

    /** The password could not be judged: too many hashes wait. */
    record Unjudged() implements Result {}
  }

  SignIn(Ground ground, Sessions sessions, PasswordHasher hasher) {
    this.ground = ground;
    this.sessions = sessions;
    this.hasher = hasher;
    this.throttle = new SignInThrottle(ground.clock());
  }

  Result attempt(AuthCall call, String typedName, String typedPassword) {
    String name = typedName.strip().toLowerCase(Locale.ROOT);
    String password = PasswordRules.normalise(typedPassword);
    Network network = Network.of(call.remote());
    Optional<PersonRow> person = ground.transact(h -> PersonStore.named(h, name));
    return switch (throttle.begin(name, network, sessions.knownDevice(call, person))) {
      case SignInThrottle.Begin.Wait(var time) -> new Result.Limited(time);
      case SignInThrottle.Begin.Begun(var attempt) ->
          switch (hasher.matches(password, person.flatMap(PersonRow::password))) {
            case Outcome.Failed<Boolean>(_) -> {
              attempt.withdrawn();
              yield new Result.Unjudged();
            }
            case Outcome.Ok<Boolean>(var right) -> {
              if (!right || person.isEmpty()) {
                fail(person, network);
                yield new Result.Wrong();
              }
              attempt.succeeded();
              yield new Result.Done(open(call, person.get(), password));
            }
          };
    };
  }

  private List<Header> open(AuthCall call, PersonRow person, String password) {
    Optional<String> rehashed =
        person.password().filter(hasher::isDated).isPresent()
                && hasher.hash(password) instanceof Outcome.Ok<String>(var phc)
            ? Optional.of(phc)
            : Optional.empty();
    return ground.transact(h -> {
      rehashed.ifPresent(phc -> PersonStore.setPassword(h, person.subject(), phc));
      List<Header> cookies = sessions.open(h, call, person.subject());
      ground
          .journal()
          .note(
              "sign_in",
              Map.of(
                  "subject", person.subject().value(),
                  "person", person.name(),
                  "network", Network.of(call.remote()).prefix()));
      return cookies;
    });
  }

  /** The name is written down only where it is a person's: it may be a mistyped password. */
  private void fail(Optional<PersonRow> person, Network network) {
    ground
        .journal()
        .note(
            "sign_in_failed",
            Map.of("person", person.map(PersonRow::name).orElse(""), "network", network.prefix()));
  }
}
