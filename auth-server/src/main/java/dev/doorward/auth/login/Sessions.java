package dev.doorward.auth.login;

import dev.doorward.auth.engine.AuthCall;
import dev.doorward.auth.engine.AuthReply;
import dev.doorward.auth.engine.AuthReply.Header;
import dev.doorward.auth.engine.Ground;
import dev.doorward.auth.engine.Network;
import dev.doorward.auth.page.Cookies;
import dev.doorward.auth.page.Pages;
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

  /**
   * A person who is signed in.
   *
   * @param id names the session on pages; the hash of its secret never leaves the server
   * @param since when they signed in in this browser
   */
  public record SignedIn(
      PersonRow person, SecretHash session, String id, Method method, Instant since) {
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

  private boolean isAlive(Session session, Instant now) {
    Lives lives = ground.settings().lives();
    return session.seenAt().plus(lives.sessionIdle()).isAfter(now)
        && session.createdAt().plus(lives.session()).isAfter(now);
  }

  private Optional<SignedIn> find(Handle h, SecretHash hash, Instant now) {
    Optional<Session> session = SessionStore.find(h, hash).filter(s -> isAlive(s, now));
    if (session.isPresent() && session.get().seenAt().plus(TOUCH).isBefore(now)) {
      SessionStore.touch(h, hash, now);
    }
    return session.flatMap(s ->
        PersonStore.find(h, s.subject())
            .map(person ->
                new SignedIn(person, hash, s.id(), Method.of(s.method()), s.createdAt())));
  }

  /**
   * Opens a session under a new identifier, ends the one that the browser brought, and remembers
   * the browser.
   *
   * @return the cookies to set
   */
  public List<Header> open(Handle h, AuthCall call, Subject subject, Method method) {
    Instant now = ground.clock().instant();
    Mint.Minted session = ground.mint().secret("dws_");
    Cookies.read(call, SESSION).ifPresent(old -> SessionStore.delete(h, SecretHash.of(old)));
    SessionStore.insert(
        h,
        new Session(
            session.hash(),
            ground.mint().id("s_"),
            subject,
            method.code(),
            BrowserLabel.of(call),
            Network.of(call.remote()).prefix(),
            now,
            now));
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
    return who.since().plus(FRESH).isAfter(ground.clock().instant());
  }

  /** Where to send a person who must sign in again before an errand; empty where they need not. */
  public Optional<AuthReply> stepUp(SignedIn who, Errand errand) {
    return isFresh(who)
        ? Optional.empty()
        : Optional.of(Pages.seeOther(new Onward("", Optional.of(errand)).signInPath()));
  }

  /** A person's sessions that are alive, the last used first. */
  public List<Session> list(Subject subject) {
    Instant now = ground.clock().instant();
    return ground.transact(h -> SessionStore.of(h, subject)).stream()
        .filter(session -> isAlive(session, now))
        .toList();
  }

  /** What the browser that sent a call calls itself, in short; or empty. */
  public String browser(AuthCall call) {
    return BrowserLabel.of(call);
  }

  /** Ends a session; the cookie to set. */
  public Header close(SignedIn signedIn) {
    ground.change(h -> SessionStore.delete(h, signedIn.session()));
    return Cookies.clear(SESSION);
  }
}
