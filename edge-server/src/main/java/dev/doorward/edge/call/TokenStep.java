package dev.doorward.edge.call;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import dev.doorward.common.identity.Resource;
import dev.doorward.common.outcome.Reason;
import dev.doorward.common.token.TokenCheck;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Tokens to what they are worth; a personal access token to the JWT that it is exchanged for. A
 * token that was verified is known by its hash for a minute, or until it ends, and its look-up
 * blocks nothing; another one is verified on a few threads of its own, once however many calls wait
 * for it. What the outcome means now, for which service, and whether it was revoked, the policy
 * asks for each call.
 */
public final class TokenStep {
  /** How long a verified token is known. */
  public static final Duration LIFE = Duration.ofSeconds(60);

  private static final int MOST = 10_000;
  private static final int QUEUE = 1024;
  private static final int WAITING = 256;
  private static final Duration BAD_LIFE = Duration.ofSeconds(5);

  /** Verifies a token for an audience at this moment; costs CPU, blocks on nothing. */
  @FunctionalInterface
  public interface Verification {
    /** What the token is worth. */
    Worth check(String token, Resource audience, InstantSource clock);

    /** Why no token can be told from a revoked one at the moment, known ones included. */
    default Optional<Reason> unable() {
      return Optional.empty();
    }

    /** Whether the check of this one waits for somebody else, who may be slow. */
    default boolean waits(String token) {
      return false;
    }
  }

  /**
   * What a token is worth.
   *
   * @param exchanged what goes to the agent in its place; empty where it goes itself
   */
  public record Worth(TokenCheck check, Optional<String> exchanged) {
    private static Worth rejected(Reason reason) {
      return new Worth(new TokenCheck.Rejected(reason), Optional.empty());
    }
  }

  /** What stays as it is however often it is asked. */
  private static final Set<Reason> LASTING =
      Set.of(Reason.TOKEN_SIGNATURE_INVALID, Reason.TOKEN_MALFORMED, Reason.PERSONAL_TOKEN_REFUSED);

  private record Key(TokenHash hash, Resource audience) {}

  private final Verification verification;
  private final InstantSource clock;
  private final Cache<Key, Worth> good;
  private final Cache<Key, Worth> bad;
  private final ConcurrentMap<Key, CompletableFuture<Worth>> running = new ConcurrentHashMap<>();
  private final Executor executor;

  /** For checks that wait: a thread each, as many at a time as {@link #WAITING}. */
  private final Executor waiting;

  /**
   * A step that verifies on {@code executor}, which refuses what is too much.
   *
   * @param ticker what ages the caches
   */
  public TokenStep(
      Verification verification, InstantSource clock, Executor executor, Ticker ticker) {
    this.verification = verification;
    this.clock = clock;
    this.good = cache(LIFE, MOST, ticker);
    this.bad = cache(BAD_LIFE, MOST, ticker);
    this.executor = executor;
    var room = new Semaphore(WAITING);
    this.waiting =
        work -> {
          if (!room.tryAcquire()) {
            throw new RejectedExecutionException("too many wait");
          }
          Thread.ofVirtual()
              .name("token-exchange")
              .start(() -> {
                try {
                  work.run();
                } finally {
                  room.release();
                }
              });
        };
  }

  /** A few threads for {@link TokenStep}, with a bounded queue; they end when idle. */
  public static ThreadPoolExecutor threads(int count) {
    var pool =
        new ThreadPoolExecutor(
            count,
            count,
            1,
            TimeUnit.MINUTES,
            new LinkedBlockingQueue<>(QUEUE),
            Thread.ofPlatform().name("token-", 0).daemon(true).factory());
    pool.allowCoreThreadTimeOut(true);
    return pool;
  }

  private static Cache<Key, Worth> cache(Duration life, int most, Ticker ticker) {
    return Caffeine.newBuilder()
        .maximumSize(most)
        .expireAfterWrite(life)
        .ticker(ticker)
        .executor(Runnable::run)
        .build();
  }

  /** What is known of a token at {@code audience}, or empty. */
  Optional<Worth> known(TokenHash hash, Resource audience) {
    Optional<Reason> unable = verification.unable();
    if (unable.isPresent()) {
      return unable.map(Worth::rejected);
    }
    return Optional.ofNullable(good.getIfPresent(new Key(hash, audience)));
  }

  /**
   * Finds out what a token is worth.
   *
   * @param then called once, on {@code loop}; with {@code overloaded} where too many wait
   */
  void find(String token, TokenHash hash, Resource audience, EventLoop loop, Consumer<Worth> then) {
    var key = new Key(hash, audience);
    Worth rejected = bad.getIfPresent(key);
    if (rejected != null) {
      then.accept(rejected);
      return;
    }
    var mine = new CompletableFuture<Worth>();
    CompletableFuture<Worth> first = running.putIfAbsent(key, mine);
    (first == null ? mine : first)
        .whenComplete((check, _) -> loop.execute(() -> then.accept(check)));
    if (first == null) {
      try {
        Executor on = verification.waits(token) ? waiting : executor;
        on.execute(() -> verify(token, key, mine));
      } catch (RejectedExecutionException e) {
        running.remove(key);
        mine.complete(Worth.rejected(Reason.OVERLOADED));
      }
    }
  }

  private void verify(String token, Key key, CompletableFuture<Worth> result) {
    Worth worth = Worth.rejected(Reason.INTERNAL);
    try {
      worth = verification.check(token, key.audience(), clock);
      switch (worth.check()) {
        case TokenCheck.Verified _ -> good.put(key, worth);
        case TokenCheck.Rejected(Reason reason) -> {
          if (LASTING.contains(reason)) {
            bad.put(key, worth);
          }
        }
      }
    } finally {
      running.remove(key);
      result.complete(worth);
    }
  }

  /**
   * Does work that costs CPU on the same threads.
   *
   * @param then called once, on {@code loop}; with {@code instead} where too many wait
   */
  <T> void aside(Supplier<T> work, T instead, EventLoop loop, Consumer<T> then) {
    try {
      executor.execute(() -> {
        T result = work.get();
        loop.execute(() -> then.accept(result));
      });
    } catch (RejectedExecutionException e) {
      then.accept(instead);
    }
  }

  /** Forgets every token: the keys have changed. */
  public void forget() {
    good.invalidateAll();
    bad.invalidateAll();
  }
}
