package dev.doorward.agent.service;

import com.github.benmanes.caffeine.cache.AsyncCache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.doorward.agent.identity.KeyRing;
import dev.doorward.common.identity.ServiceName;
import dev.doorward.common.outcome.Reason;
import dev.doorward.common.token.AccessToken;
import dev.doorward.common.token.DpopGate;
import dev.doorward.common.token.KeyStatement;
import dev.doorward.common.token.TokenCheck;
import dev.doorward.common.token.TokenVerifier;
import dev.doorward.transport.link.CallHead;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * Whether a caller's token holds at a service. Each token is verified once, off the event loops,
 * however many calls wait for it; verdicts are kept by the token's SHA-256, at most 10,000 for at
 * most 10 minutes, and only as long as the issuer's keys are the same. Safe on any thread.
 */
public final class TokenGate {
  private static final int MOST = 10_000;
  private static final Duration LIFE = Duration.ofMinutes(10);

  private final KeyRing keys;
  private final TokenVerifier verifier;
  private final DpopGate proofs;
  private final InstantSource clock;
  private final Executor executor;
  private final AsyncCache<Key, TokenCheck> verdicts;

  /** SHA-256 of the token, the service, and the statement that was asked. */
  private record Key(ByteBuffer hash, ServiceName service, long seq) {}

  /** A gate; {@code executor} verifies, on virtual threads. */
  public TokenGate(
      KeyRing keys,
      TokenVerifier verifier,
      DpopGate proofs,
      InstantSource clock,
      Executor executor) {
    this.keys = keys;
    this.verifier = verifier;
    this.proofs = proofs;
    this.executor = executor;
    this.clock = clock;
    this.verdicts =
        Caffeine.newBuilder()
            .maximumSize(MOST)
            .expireAfterWrite(LIFE)
            .executor(executor)
            .buildAsync();
  }

  /**
   * Whether the call may go to its service: its token, and where that is bound to a key, a proof of
   * the key for this very call. Already there where the token is known and not bound.
   */
  public CompletableFuture<TokenCheck> check(CallHead head) {
    CompletableFuture<TokenCheck> token = check(head.token(), head.service());
    return token.isDone() && !token.isCompletedExceptionally() && !isBound(token.join())
        ? token
        : token.thenCompose(check ->
            isBound(check)
                ? CompletableFuture.supplyAsync(() -> proven(check, head), executor)
                : CompletableFuture.completedFuture(check));
  }

  private static boolean isBound(TokenCheck check) {
    return check instanceof TokenCheck.Verified(AccessToken token) && token.boundTo().isPresent();
  }

  private TokenCheck proven(TokenCheck check, CallHead head) {
    if (!(check instanceof TokenCheck.Verified(AccessToken token))) {
      return check;
    }
    return switch (proofs.check(
        head.headers().getAll("dpop"),
        head.method(),
        token.audience(),
        Optional.of(head.token()),
        token.boundTo(),
        clock.instant())) {
      case DpopGate.Result.Proven _ -> check;
      case DpopGate.Result.Refused(Reason reason) -> new TokenCheck.Rejected(reason);
    };
  }

  /** The verdict on a token alone, already there where it is known. */
  CompletableFuture<TokenCheck> check(String token, ServiceName service) {
    Optional<KeyStatement> statement = keys.current();
    if (statement.isEmpty()) {
      return rejected(Reason.TOKEN_KEY_UNKNOWN);
    }
    if (token.length() > TokenVerifier.MAX_LENGTH) {
      return rejected(Reason.TOKEN_MALFORMED);
    }
    Key key = new Key(ByteBuffer.wrap(sha256(token)), service, statement.get().seq());
    CompletableFuture<TokenCheck> verdict =
        verdicts.get(key, missing -> verify(token, service, statement.get()));
    return verdict.isDone() && !verdict.isCompletedExceptionally()
        ? CompletableFuture.completedFuture(timely(verdict.join(), key))
        : verdict.thenApply(found -> timely(found, key));
  }

  private TokenCheck verify(String token, ServiceName service, KeyStatement statement) {
    return verifier.check(
        token, statement.keys(), statement.issuer().resourceOf(service), clock.instant());
  }

  /** A verdict that was right when it was made may have become wrong since. */
  private TokenCheck timely(TokenCheck verdict, Key key) {
    Instant latest = clock.instant().minus(TokenVerifier.SKEW);
    return switch (verdict) {
      case TokenCheck.Rejected rejected -> {
        if (rejected.reason() == Reason.TOKEN_NOT_YET_VALID) {
          verdicts.synchronous().invalidate(key);
        }
        yield rejected;
      }
      case TokenCheck.Verified verified ->
          verified.token().expiresAt().isAfter(latest)
              ? verified
              : new TokenCheck.Rejected(Reason.TOKEN_EXPIRED);
    };
  }

  private static CompletableFuture<TokenCheck> rejected(Reason reason) {
    return CompletableFuture.completedFuture(new TokenCheck.Rejected(reason));
  }

  private static byte[] sha256(String token) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(token.getBytes(StandardCharsets.US_ASCII));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
