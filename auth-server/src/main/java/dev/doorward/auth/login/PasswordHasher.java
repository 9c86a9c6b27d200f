package dev.doorward.auth.login;

import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Reason;
import dev.doorward.config.edge.LoginConfig;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bouncycastle.crypto.generators.Argon2BytesGenerator;
import org.bouncycastle.crypto.params.Argon2Parameters;

/**
 * argon2id (RFC 9106) in PHC form, on threads of its own: as many at a time as there are
 * processors, 64 more wait, and who comes then is told to come back. Callers block.
 */
public final class PasswordHasher implements AutoCloseable {
  /** Cost of one hash. */
  public record Cost(int kib, int passes) {
    /** The cost that the operator chose. */
    public static Cost of(LoginConfig config) {
      return new Cost((int) (config.hashMemory().bytes() / 1024), config.hashPasses());
    }

    /** 19 MiB and 2 passes, the floor that OWASP names; about 60 ms. */
    public static final Cost STANDARD = new Cost(19 * 1024, 2);
  }

  private static final int QUEUE = 64;
  private static final int SALT_BYTES = 16;
  private static final int HASH_BYTES = 32;
  private static final int VERSION = Argon2Parameters.ARGON2_VERSION_13;
  private static final Pattern PHC =
      Pattern.compile(
          "\\$argon2id\\$v=19\\$m=(\\d{1,7}),t=(\\d{1,3}),p=1\\$([A-Za-z0-9+/]+)\\$([A-Za-z0-9+/]+)");

  private final SecureRandom random;
  private final Cost cost;
  private final ThreadPoolExecutor threads;

  /** A hash that no password has, at the same cost. */
  private final String nobody;

  /** A hasher with {@code threads} hashes at a time. */
  public PasswordHasher(SecureRandom random, Cost cost, int threads) {
    this.random = random;
    this.cost = cost;
    this.threads =
        new ThreadPoolExecutor(
            threads,
            threads,
            30,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(QUEUE),
            Thread.ofPlatform().daemon().name("password-", 0).factory());
    this.threads.allowCoreThreadTimeOut(true);
    this.nobody = phc(cost, draw(SALT_BYTES), draw(HASH_BYTES));
  }

  /** Hashes a password with a fresh salt; fails only with {@code overloaded}. */
  public Outcome<String> hash(String password) {
    return run(() -> encode(password, draw(SALT_BYTES), cost));
  }

  /**
   * Whether the password is right; fails only with {@code overloaded}. Takes the same time where
   * there is no hash to compare with, and then says no.
   */
  public Outcome<Boolean> matches(String password, Optional<String> phc) {
    return run(() -> verify(password, phc.orElse(nobody)) && phc.isPresent());
  }

  /** Whether a stored hash was made at another cost than today's. */
  public boolean isDated(String phc) {
    return !phc.startsWith(prefix(cost));
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }

  private <T> Outcome<T> run(Callable<T> work) {
    try {
      return Outcome.ok(threads.submit(work).get());
    } catch (RejectedExecutionException e) {
      return Outcome.failed(
          Reason.OVERLOADED, "Too many people are signing in right now. Try again in a moment.");
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Outcome.failed(Reason.SHUTTING_DOWN, "The server is stopping. Try again soon.");
    } catch (ExecutionException e) {
      throw new IllegalStateException("hashing failed", e.getCause());
    }
  }

  private static boolean verify(String password, String phc) {
    Matcher parts = PHC.matcher(phc);
    if (!parts.matches()) {
      throw new IllegalStateException("a stored password hash is not argon2id in PHC form");
    }
    var cost = new Cost(Integer.parseInt(parts.group(1)), Integer.parseInt(parts.group(2)));
    String again = encode(password, Base64.getDecoder().decode(parts.group(3)), cost);
    return MessageDigest.isEqual(
        again.getBytes(StandardCharsets.US_ASCII), phc.getBytes(StandardCharsets.US_ASCII));
  }

  private static String encode(String password, byte[] salt, Cost cost) {
    var argon2 = new Argon2BytesGenerator();
    argon2.init(
        new Argon2Parameters.Builder(Argon2Parameters.ARGON2_id)
            .withVersion(VERSION)
            .withMemoryAsKB(cost.kib())
            .withIterations(cost.passes())
            .withParallelism(1)
            .withSalt(salt)
            .build());
    byte[] hash = new byte[HASH_BYTES];
    argon2.generateBytes(password.getBytes(StandardCharsets.UTF_8), hash);
    return phc(cost, salt, hash);
  }

  private static String phc(Cost cost, byte[] salt, byte[] hash) {
    Base64.Encoder base64 = Base64.getEncoder().withoutPadding();
    return prefix(cost) + base64.encodeToString(salt) + "$" + base64.encodeToString(hash);
  }

  private static String prefix(Cost cost) {
    return "$argon2id$v=19$m=" + cost.kib() + ",t=" + cost.passes() + ",p=1$";
  }

  private byte[] draw(int count) {
    byte[] drawn = new byte[count];
    random.nextBytes(drawn);
    return drawn;
  }
}
