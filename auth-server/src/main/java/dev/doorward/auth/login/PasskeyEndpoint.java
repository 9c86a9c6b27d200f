package dev.doorward.auth.login;

import dev.doorward.auth.engine.Allowance;
import dev.doorward.auth.engine.AuthCall;
import dev.doorward.auth.engine.AuthReply;
import dev.doorward.auth.engine.AuthReply.Header;
import dev.doorward.auth.engine.Ground;
import dev.doorward.auth.engine.Network;
import dev.doorward.auth.page.Browser;
import dev.doorward.auth.page.Pages;
import dev.doorward.auth.page.Phrase;
import dev.doorward.auth.page.PostedForm;
import dev.doorward.auth.store.FailureStore;
import dev.doorward.auth.store.PasskeyStore;
import dev.doorward.auth.store.PasskeyStore.Passkey;
import dev.doorward.auth.store.PersonRow;
import dev.doorward.auth.store.PersonStore;
import dev.doorward.common.outcome.Outcome;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** Signs in who has a passkey: two factors in one, and nothing that a stranger could guess at. */
public final class PasskeyEndpoint {
  /** What challenges of this form are for. */
  static final String PURPOSE = "passkey sign-in";

  private static final int ATTEMPTS = 60;

  private final Ground ground;
  private final Pages pages;
  private final SignInView view;
  private final PasskeyCheck check;
  private final Challenges challenges;
  private final Entrance entrance;
  private final Allowance attempts;

  PasskeyEndpoint(
      Ground ground,
      Pages pages,
      SignInView view,
      PasskeyCheck check,
      Challenges challenges,
      Entrance entrance) {
    this.ground = ground;
    this.pages = pages;
    this.view = view;
    this.check = check;
    this.challenges = challenges;
    this.entrance = entrance;
    this.attempts = new Allowance(ground.clock(), ATTEMPTS, Duration.ofMinutes(10));
  }

  /** What the form says, decoded. */
  private record Assertion(
      byte[] credential, byte[] data, byte[] clientData, byte[] signature, byte[] handle) {
    static Optional<Assertion> read(PostedForm form) {
      Optional<byte[]> credential = PasskeyFields.bytes(form, "credential");
      Optional<byte[]> data = PasskeyFields.bytes(form, "data");
      Optional<byte[]> clientData = PasskeyFields.bytes(form, "client-data");
      Optional<byte[]> signature = PasskeyFields.bytes(form, "signature");
      Optional<byte[]> handle = PasskeyFields.bytes(form, "handle");
      return credential.isPresent()
              && data.isPresent()
              && clientData.isPresent()
              && signature.isPresent()
              && handle.isPresent()
          ? Optional.of(
              new Assertion(
                  credential.get(), data.get(), clientData.get(), signature.get(), handle.get()))
          : Optional.empty();
    }
  }

  /** POST /login/passkey. */
  public AuthReply signIn(AuthCall call) {
    return switch (PostedForm.read(
        call, ground.settings().issuer(), fields -> LoginEndpoint.binding(Onward.of(fields)))) {
      case Outcome.Failed<PostedForm>(var problem) ->
          pages.problem(call, 403, "common.form-refused", problem);
      case Outcome.Ok<PostedForm>(var form) -> attempt(call, form);
    };
  }

  private AuthReply attempt(AuthCall call, PostedForm form) {
    Optional<Duration> wait = attempts.spend(Network.of(call.remote()));
    if (wait.isPresent()) {
      return refused(
          call,
          429,
          form,
          Phrase.of("signin.limited", SignInView.inWords(wait.get())),
          new Header("Retry-After", Allowance.seconds(wait.get())));
    }
    Optional<Assertion> read = Assertion.read(form);
    Optional<byte[]> challenge = read.flatMap(a -> PasskeyCheck.challenge(a.clientData()));
    if (read.isEmpty() || challenge.isEmpty()) {
      return wrong(call, form, "");
    }
    if (!challenges.redeem(challenge.get(), form.browser(), PURPOSE)) {
      return refused(call, 401, form, Phrase.of("signin.passkey-late"));
    }
    Assertion assertion = read.get();
    Optional<Passkey> passkey =
        ground.transact(h ->
            PasskeyStore.find(h, assertion.credential())
                .filter(p ->
                    MessageDigest.isEqual(
                        assertion.handle(), PasskeyStore.handle(h, p.subject(), new byte[32]))));
    if (passkey.isEmpty()) {
      return wrong(call, form, "");
    }
    return switch (check.judge(
        passkey.get(),
        assertion.data(),
        assertion.clientData(),
        assertion.signature(),
        challenge.get())) {
      case PasskeyCheck.Answer.Bad() -> wrong(call, form, passkey.get().id());
      case PasskeyCheck.Answer.Copied() -> alarm(call, form, passkey.get());
      case PasskeyCheck.Answer.Good(long count, boolean backedUp) ->
          ground
              .transact(h -> enter(h, call, passkey.get(), count, backedUp))
              .map(cookies -> {
                List<Header> all = new ArrayList<>(cookies);
                all.add(form.browser().cookie());
                return Pages.seeOther(Onward.of(form.fields()).path(), all.toArray(Header[]::new));
              })
              .orElseGet(() -> wrong(call, form, passkey.get().id()));
    };
  }

  private Optional<List<Header>> enter(
      Handle h, AuthCall call, Passkey passkey, long count, boolean backedUp) {
    Instant now = ground.clock().instant();
    Optional<PersonRow> person = PersonStore.find(h, passkey.subject());
    if (person.isEmpty()
        || !PasskeyStore.used(h, passkey.credential(), passkey.signCount(), count, backedUp, now)) {
      return Optional.empty();
    }
    FailureStore.forgive(h, passkey.subject());
    return Optional.of(entrance.open(h, call, person.get(), Method.PASSKEY, passkey.id()));
  }

  private AuthReply alarm(AuthCall call, PostedForm form, Passkey passkey) {
    ground.change(h -> {
      PasskeyStore.alarm(h, passkey.credential(), ground.clock().instant());
      ground
          .journal()
          .alert(
              "passkey_counter_stepped_back",
              Map.of(
                  "subject", passkey.subject().value(),
                  "passkey", passkey.id(),
                  "network", Network.of(call.remote()).prefix()));
    });
    return refused(call, 401, form, Phrase.of("signin.passkey-copied"));
  }

  private AuthReply wrong(AuthCall call, PostedForm form, String passkey) {
    ground
        .journal()
        .note(
            "passkey_refused",
            Map.of("passkey", passkey, "network", Network.of(call.remote()).prefix()));
    return refused(call, 401, form, Phrase.of("signin.passkey-wrong"));
  }

  private AuthReply refused(
      AuthCall call, int status, PostedForm form, Phrase why, Header... more) {
    Browser browser = form.browser();
    return view.page(call, status, browser, Onward.of(form.fields()), "", Optional.of(why), more);
  }
}
