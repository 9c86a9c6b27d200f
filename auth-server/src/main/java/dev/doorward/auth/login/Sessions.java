package dev.doorward.auth.login;

import dev.doorward.auth.engine.AuthCall;
import dev.doorward.auth.engine.AuthReply.Header;
import dev.doorward.auth.engine.Ground;
import dev.doorward.auth.page.Cookies;
import dev.doorward.auth.store.Lives;
import dev.doorward.auth.store.Mint;
import dev.doorward.auth.store.PersonRow;
import dev.doorward.auth.store.PersonStore;
import dev.doorward.auth.store.SecretHash;
import dev.doorward.auth.store.SessionStore;
import dev.doorward.auth.store.SessionStore.Session;
import dev.doorward.common.identity.Subject;
import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** Who is signed in, and in which browsers they were before. */
public final class Sessions {
  private static final String SESSION = "__Host-doorward-session";
  private static final String DEVICE = "__Host-doorward-device";
  private static final Duration DEVICE_LIFE = Duration.ofDays(365);
  private static final Duration FRESH = Duration.ofMinutes(5);
  private static final Duration TOUCH = Duration.ofMinutes(1);

  private final Ground ground;

  /** A person who is signed in. */
  public record SignedIn(PersonRow person, SecretHash session) {
    /** Names the session in the binding of forms. */
    public String tag() {
      return HexFormat.of().formatHex(session.bytes());
    }
  }

  /** Sessions in the storage of {@code ground}. */
  public Sessions(Ground ground) {
    this.ground = ground;
  }

  /** The person who sent the call. */
  public Optional<SignedIn> of(AuthCall call) {
    Optional<SecretHash> hash = Cookies.read(call, SESSION).map(SecretHash::of);
    if (hash.isEmpty()) {
      return Optional.empty();
    }
    Instant now = ground.clock().instant();
    return ground.transact(h -> find(h, hash.get(), now));
  }

  private Optional<SignedIn> find(Handle h, SecretHash hash, Instant now) {
    Lives lives = ground.settings().lives();
    Optional<Session> session =
        SessionStore.find(h, hash)
            .filter(s -> s.seenAt().plus(lives.sessionIdle()).isAfter(now))
            .filter(s -> s.createdAt().plus(lives.session()).isAfter(now));
    if (session.isPresent() && session.get().seenAt().plus(TOUCH).isBefore(now)) {
      SessionStore.touch(h, hash, now);
    }
    return session
        .flatMap(s -> PersonStore.find(h, s.subject()))
        .map(person -> new SignedIn(person, hash));
  }

  /**
   * Opens a session under a new identifier, whatever the browser brought, and remembers the
   * browser.
   *
   * @return the cookies to set
   */
  List<Header> open(Handle h, AuthCall call, Subject subject) {
    Instant now = ground.clock().instant();
    Mint.Minted session = ground.mint().secret("dws_");
    SessionStore.insert(h, new Session(session.hash(), subject, now, now));
    ground.clock().keep(h);
    String device =
        Cookies.read(call, DEVICE).orElseGet(() -> ground.mint().secret("dwd_").reveal());
    SessionStore.remember(h, SecretHash.of(device), subject, now);
    return List.of(
        Cookies.set(SESSION, session.reveal(), ground.settings().lives().session()),
        Cookies.set(DEVICE, device, DEVICE_LIFE));
  }

  /** The browser that sent the call, where that person has signed in in it before. */
  Optional<SecretHash> knownDevice(AuthCall call, Optional<PersonRow> person) {
    return person.flatMap(p ->
        Cookies.read(call, DEVICE)
            .map(SecretHash::of)
            .filter(device -> ground.transact(h -> SessionStore.isKnown(h, device, p.subject()))));
  }

  /** Whether the person signed in here so lately that sensitive changes need no other proof. */
  public boolean isFresh(SignedIn who) {
    Instant now = ground.clock().instant();
    return ground
        .transact(h -> SessionStore.find(h, who.session()))
        .filter(session -> session.createdAt().plus(FRESH).isAfter(now))
        .isPresent();
  }

  /** Ends a session; the cookie to set. */
  public Header close(SignedIn signedIn) {
    ground.change(h -> SessionStore.delete(h, signedIn.session()));
    return Cookies.clear(SESSION);
  }
}
