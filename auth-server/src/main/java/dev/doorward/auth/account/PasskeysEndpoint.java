package dev.doorward.auth.account;

import dev.doorward.auth.engine.AuthCall;
import dev.doorward.auth.engine.AuthReply;
import dev.doorward.auth.engine.Ground;
import dev.doorward.auth.login.Challenges;
import dev.doorward.auth.login.Errand;
import dev.doorward.auth.login.PasskeyCheck;
import dev.doorward.auth.login.PasskeyFields;
import dev.doorward.auth.login.Sessions.SignedIn;
import dev.doorward.auth.page.Browser;
import dev.doorward.auth.page.Pages;
import dev.doorward.auth.page.PasskeyAsk;
import dev.doorward.auth.page.PasskeysPage;
import dev.doorward.auth.page.Phrase;
import dev.doorward.auth.page.PostedForm;
import dev.doorward.auth.store.PasskeyStore;
import dev.doorward.auth.store.PasskeyStore.Passkey;
import dev.doorward.common.identity.Subject;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** A person's passkeys: new ones, and taking them away. */
public final class PasskeysEndpoint {
  private static final int MOST = 20;
  private static final int HANDLE = 32;
  private static final int LONGEST_NAME = 60;
  private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();

  private final Ground ground;
  private final Household house;
  private final Challenges challenges;
  private final PasskeyCheck check;
  private final Doors doors;

  /** The endpoint. */
  public PasskeysEndpoint(Household house, Challenges challenges, PasskeyCheck check, Doors doors) {
    this.ground = house.ground();
    this.house = house;
    this.challenges = challenges;
    this.check = check;
    this.doors = doors;
  }

  /** GET /account/passkeys. */
  public AuthReply show(AuthCall call) {
    return house.show(
        call, Errand.PASSKEYS, (who, browser) -> page(call, 200, who, browser, Optional.empty()));
  }

  /** POST /account/passkeys: adds one. */
  public AuthReply add(AuthCall call) {
    return house.act(call, Errand.PASSKEYS, (who, form) -> add(call, who, form));
  }

  private AuthReply add(AuthCall call, SignedIn who, PostedForm form) {
    Subject subject = who.person().subject();
    Optional<byte[]> attestation = PasskeyFields.bytes(form, "attestation");
    Optional<byte[]> clientData = PasskeyFields.bytes(form, "client-data");
    Optional<byte[]> challenge = clientData.flatMap(PasskeyCheck::challenge);
    if (attestation.isEmpty() || clientData.isEmpty() || challenge.isEmpty()) {
      return refused(call, who, form, "passkeys.refused");
    }
    if (!challenges.redeem(challenge.get(), form.browser(), purpose(who))) {
      return refused(call, who, form, "passkeys.late");
    }
    Optional<PasskeyCheck.Made> made =
        check.register(attestation.get(), clientData.get(), challenge.get());
    if (made.isEmpty()) {
      return refused(call, who, form, "passkeys.refused");
    }
    Instant now = ground.clock().instant();
    var passkey =
        new Passkey(
            made.get().credential(),
            ground.mint().id("k_"),
            subject,
            name(form.field("name")),
            made.get().key(),
            made.get().signCount(),
            made.get().backupEligible(),
            made.get().backedUp(),
            now,
            Optional.empty(),
            Optional.empty());
    boolean added =
        ground.transact(h -> {
          if (PasskeyStore.of(h, subject).size() >= MOST || !PasskeyStore.insert(h, passkey)) {
            return false;
          }
          note("passkey_added", who, passkey.id());
          return true;
        });
    return added
        ? Pages.seeOther(Errand.PASSKEYS.path())
        : refused(call, who, form, "passkeys.refused");
  }

  /** POST /account/passkeys/remove. */
  public AuthReply remove(AuthCall call) {
    return house.act(
        call,
        Errand.PASSKEYS,
        (who, form) -> {
          String id = form.field("passkey");
          boolean stuck =
              ground.transact(h -> {
                boolean only =
                    PasskeyStore.of(h, who.person().subject()).size() == 1
                        && !doors.hasAnotherThanPasskeys(h, who.person());
                if (!only && PasskeyStore.delete(h, who.person().subject(), id)) {
                  note("passkey_removed", who, id);
                }
                return only;
              });
          return stuck
              ? refused(call, who, form, "passkeys.last")
              : Pages.seeOther(Errand.PASSKEYS.path());
        });
  }

  private void note(String event, SignedIn who, String passkey) {
    ground
        .journal()
        .note(
            event,
            Map.of(
                "subject", who.person().subject().value(),
                "person", who.person().name(),
                "passkey", passkey));
  }

  private AuthReply refused(AuthCall call, SignedIn who, PostedForm form, String why) {
    return page(call, 400, who, form.browser(), Optional.of(Phrase.of(why)));
  }

  private AuthReply page(
      AuthCall call, int status, SignedIn who, Browser browser, Optional<Phrase> problem) {
    Subject subject = who.person().subject();
    byte[] fresh = ground.mint().bytes(HANDLE);
    byte[] handle = ground.transact(h -> PasskeyStore.handle(h, subject, fresh));
    List<Passkey> passkeys = ground.transact(h -> PasskeyStore.of(h, subject));
    boolean more = PasskeyCheck.isPossible(ground.settings().issuer()) && passkeys.size() < MOST;
    var page =
        new PasskeysPage(
            who.person().name(),
            BASE64.encodeToString(handle),
            more
                ? Optional.of(new PasskeyAsk(challenges.issue(browser, purpose(who)), check.rpId()))
                : Optional.empty(),
            passkeys.stream()
                .map(p -> BASE64.encodeToString(p.credential()))
                .collect(Collectors.joining(" ")),
            PasskeyCheck.ALGORITHMS.stream().map(String::valueOf).collect(Collectors.joining(" ")),
            house.sessions().browser(call),
            passkeys.stream().map(PasskeysEndpoint::line).toList(),
            house.csrf(browser, who, Errand.PASSKEYS),
            problem);
    return house.pages().passkeys(call, status, page, browser.cookie());
  }

  private static PasskeysPage.Line line(Passkey passkey) {
    return new PasskeysPage.Line(
        passkey.id(),
        passkey.name(),
        passkey.backedUp(),
        passkey.alarmedAt().isPresent(),
        passkey.createdAt(),
        passkey.usedAt());
  }

  /** What a person typed, without what does not show; or nothing. */
  private static String name(String typed) {
    String shown = typed.replaceAll("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]", "").strip();
    return shown.codePointCount(0, shown.length()) <= LONGEST_NAME
        ? shown
        : shown.substring(0, shown.offsetByCodePoints(0, LONGEST_NAME));
  }

  private static String purpose(SignedIn who) {
    return "new passkey of " + who.person().subject().value();
  }
}
