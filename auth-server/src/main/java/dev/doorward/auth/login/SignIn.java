package dev.doorward.auth.login;

import dev.doorward.auth.engine.AuthCall;
import dev.doorward.auth.engine.Ground;
import dev.doorward.auth.engine.Network;
import dev.doorward.auth.store.PersonRow;
import dev.doorward.auth.store.PersonStore;
import dev.doorward.common.outcome.Outcome;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Checks a name and a password. */
final class SignIn {
  private final Ground ground;
  private final Sessions sessions;
  private final PasswordHasher hasher;
  private final SignInThrottle throttle;

  /** What became of an attempt. */
  sealed interface Result {
    /** The password is that person's. */
    record Right(PersonRow person) implements Result {}

    /** The name or the password is wrong; which one is not told. */
    record Wrong() implements Result {}

    /** Too many failures before. */
    record Limited(Duration time) implements Result {}

    /** So many failures that only recovery opens the account from here. */
    record Closed() implements Result {}

    /** The password could not be judged: too many hashes wait. */
    record Unjudged() implements Result {}
  }

  SignIn(Ground ground, Sessions sessions, PasswordHasher hasher, SignInThrottle throttle) {
    this.ground = ground;
    this.sessions = sessions;
    this.hasher = hasher;
    this.throttle = throttle;
  }

  Result attempt(AuthCall call, String typedName, String typedPassword) {
    String name = typedName.strip().toLowerCase(Locale.ROOT);
    String password = PasswordRules.normalise(typedPassword);
    Network network = Network.of(call.remote());
    Optional<PersonRow> person = ground.transact(h -> PersonStore.named(h, name));
    var begin =
        throttle.begin(
            name, person.map(PersonRow::subject), network, sessions.knownDevice(call, person));
    return switch (begin) {
      case SignInThrottle.Begin.Wait(var time) -> new Result.Limited(time);
      case SignInThrottle.Begin.Closed() -> new Result.Closed();
      case SignInThrottle.Begin.Begun(var attempt) ->
          switch (hasher.matches(password, person.flatMap(PersonRow::password))) {
            case Outcome.Failed<Boolean>(_) -> {
              ground.change(attempt::withdrawn);
              yield new Result.Unjudged();
            }
            case Outcome.Ok<Boolean>(var right) -> {
              if (!right || person.isEmpty()) {
                failed(person, network, attempt);
                yield new Result.Wrong();
              }
              succeeded(person.get(), password, attempt);
              yield new Result.Right(person.get());
            }
          };
    };
  }

  private void succeeded(PersonRow person, String password, SignInThrottle.Attempt attempt) {
    Optional<String> rehashed =
        person.password().filter(hasher::isDated).isPresent()
                && hasher.hash(password) instanceof Outcome.Ok<String>(var phc)
            ? Optional.of(phc)
            : Optional.empty();
    ground.change(h -> {
      rehashed.ifPresent(phc -> PersonStore.setPassword(h, person.subject(), phc));
      attempt.succeeded(h);
    });
  }

  /** The name is written down only where it is a person's: it may be a mistyped password. */
  private void failed(Optional<PersonRow> person, Network network, SignInThrottle.Attempt attempt) {
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put("person", person.map(PersonRow::name).orElse(""));
    fields.put("network", network.prefix());
    if (attempt.wait.isPositive()) {
      fields.put("wait", Long.toString(attempt.wait.toSeconds()));
    }
    ground.journal().note("sign_in_failed", fields);
    if (attempt.wait.isPositive()) {
      ground.journal().note("sign_in_throttled", fields);
    }
    if (attempt.closing) {
      ground.journal().note("sign_in_closed", fields);
    }
  }
}
