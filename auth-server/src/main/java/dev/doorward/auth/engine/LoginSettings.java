package dev.doorward.auth.engine;

import java.time.Duration;

/**
 * How people sign in.
 *
 * @param password whether names and passwords are taken at all
 * @param hashKib memory of one argon2id hash, in KiB
 * @param hashPasses passes of argon2id over that memory
 * @param closesAfter failures in a row after which an account opens to strangers by recovery only
 * @param longestWait what the doubling wait after failures ends at
 * @param failuresPerTenMinutes how often strangers may fail, all of them together
 */
public record LoginSettings(
    boolean password,
    int hashKib,
    int hashPasses,
    int closesAfter,
    Duration longestWait,
    int failuresPerTenMinutes) {
  /** What is used where the operator says nothing. */
  public static final LoginSettings STANDARD =
      new LoginSettings(true, 19 * 1024, 2, 100, Duration.ofMinutes(15), 300);
}
