package dev.doorward.auth.login;

import dev.doorward.auth.page.Phrase;
import dev.doorward.auth.page.PostedForm;
import dev.doorward.common.outcome.Outcome;
import java.util.Optional;

/** Judges and hashes a password that a form chooses: fields {@code password}, {@code repeat}. */
public record NewPassword(PasswordRules rules, PasswordHasher hasher) {
  /** What became of it. */
  public sealed interface Choice {
    /** Taken: argon2id in PHC form. */
    record Taken(String phc) implements Choice {}

    /** Not taken, with the status of the answer: 400, or 503 where too many hashes wait. */
    record Refused(int status, Phrase why) implements Choice {}
  }

  /** Judges the password in {@code form} for the person with that sign-in name. Blocks. */
  public Choice judge(PostedForm form, String name) {
    String password = PasswordRules.normalise(form.field("password"));
    Optional<Phrase> wrong =
        password.equals(PasswordRules.normalise(form.field("repeat")))
            ? rules.problem(password, name)
            : Optional.of(Phrase.of("setup.differ"));
    if (wrong.isPresent()) {
      return new Choice.Refused(400, wrong.get());
    }
    return switch (hasher.hash(password)) {
      case Outcome.Failed<String>(_) -> new Choice.Refused(503, Phrase.of("signin.overloaded"));
      case Outcome.Ok<String>(String phc) -> new Choice.Taken(phc);
    };
  }
}
