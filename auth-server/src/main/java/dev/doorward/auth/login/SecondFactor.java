package dev.doorward.auth.login;

import dev.doorward.auth.engine.Ground;
import dev.doorward.auth.store.Sealer;
import dev.doorward.auth.store.TotpStore;
import dev.doorward.common.identity.Subject;
import dev.doorward.common.outcome.Outcome;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/**
 * A person's second factor: codes of an authenticator app, and ten recovery codes. The shared
 * secret is sealed; of recovery codes, 80 random bits each, only a keyed hash is kept.
 */
public final class SecondFactor {
  private static final int CODES = 10;
  private static final int CODE_BYTES = 10;

  private final Ground ground;
  private final Sealer sealer;

  /** Second factors that {@code sealer} protects. */
  public SecondFactor(Ground ground, Sealer sealer) {
    this.ground = ground;
    this.sealer = sealer;
  }

  /** What a right answer was. */
  public enum Proof {
    /** A code of the app. */
    APP,
    /** A recovery code, which is used up. */
    RECOVERY
  }

  /** Begins to set up a second factor with a new secret. */
  public void begin(Handle h, Subject subject) {
    byte[] secret = ground.mint().bytes(Totp.SECRET);
    TotpStore.begin(h, subject, sealer.seal(purpose(subject), secret));
  }

  /** The secret of a second factor that is being set up, in base32. */
  public Optional<String> pending(Handle h, Subject subject) {
    return TotpStore.find(h, subject)
        .filter(totp -> totp.confirmedAt().isEmpty())
        .flatMap(totp -> open(subject, totp))
        .map(Base32::encode);
  }

  /** Turns the second factor on with its first right code; the recovery codes to show, once. */
  public Optional<List<String>> confirm(Handle h, Subject subject, String typed) {
    if (TotpStore.isOn(h, subject) || !isAppCode(h, subject, digits(typed))) {
      return Optional.empty();
    }
    TotpStore.confirm(h, subject, ground.clock().instant());
    return Optional.of(renew(h, subject));
  }

  /** New recovery codes in place of the old ones, to show once. */
  public List<String> renew(Handle h, Subject subject) {
    List<String> codes = new ArrayList<>();
    for (int i = 0; i < CODES; i++) {
      codes.add(Base32.encode(ground.mint().bytes(CODE_BYTES)));
    }
    TotpStore.setCodes(h, subject, codes.stream().map(code -> hash(subject, code)).toList());
    return codes.stream().map(Base32::grouped).toList();
  }

  /** Whether {@code typed} is a code that the person may use now; it is used up. */
  public Optional<Proof> prove(Handle h, Subject subject, String typed) {
    String digits = digits(typed);
    if (digits.matches("[0-9]{6}")) {
      return TotpStore.isOn(h, subject) && isAppCode(h, subject, digits)
          ? Optional.of(Proof.APP)
          : Optional.empty();
    }
    return digits.length() <= 64 && TotpStore.useCode(h, subject, hash(subject, digits))
        ? Optional.of(Proof.RECOVERY)
        : Optional.empty();
  }

  private boolean isAppCode(Handle h, Subject subject, String digits) {
    return TotpStore.find(h, subject)
        .flatMap(totp ->
            open(subject, totp)
                .flatMap(
                    secret -> Totp.step(secret, digits, ground.clock().instant(), totp.lastStep())))
        .filter(step -> TotpStore.useStep(h, subject, step))
        .isPresent();
  }

  /** Empty where the secret was sealed with another key: then only recovery codes help. */
  private Optional<byte[]> open(Subject subject, TotpStore.Totp totp) {
    return switch (sealer.open(purpose(subject), totp.sealed())) {
      case Outcome.Ok<byte[]>(byte[] secret) -> Optional.of(secret);
      case Outcome.Failed<byte[]> _ -> Optional.empty();
    };
  }

  private byte[] hash(Subject subject, String code) {
    String text = subject.value() + "\n" + code;
    return sealer.mac("recovery codes", text.getBytes(StandardCharsets.UTF_8));
  }

  private static String purpose(Subject subject) {
    return "second factor of " + subject.value();
  }

  /** As codes are written, whatever people put between their parts. */
  private static String digits(String typed) {
    return typed.replaceAll("[\\s-]", "").toUpperCase(Locale.ROOT);
  }
}
