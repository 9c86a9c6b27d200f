package dev.doorward.auth.store;

import dev.doorward.config.edge.AuthPart;
import dev.doorward.config.edge.TokensConfig;
import java.time.Duration;

/**
 * How long things are good for.
 *
 * @param accessToken 1 minute to 1 hour
 * @param refreshIdle how long an unused refresh token lives
 * @param refresh how long a grant lives however often it is refreshed
 * @param refreshGrace how long a spent refresh token gets the same answer again; zero for never
 * @param sessionIdle how long a person's sign-in lives unused
 * @param session how long a person's sign-in lives at most
 * @param personalToken how long a personal access token may live at most
 * @param unusedClient how long a registered client is kept that nobody allows anything
 * @param deviceCode how long a device waits for its person
 */
public record Lives(
    Duration accessToken,
    Duration refreshIdle,
    Duration refresh,
    Duration refreshGrace,
    Duration sessionIdle,
    Duration session,
    Duration personalToken,
    Duration unusedClient,
    Duration deviceCode) {
  /** What a configuration says. */
  public static Lives of(AuthPart config) {
    TokensConfig tokens = config.tokens();
    return new Lives(
        tokens.accessLife(),
        tokens.refreshIdle(),
        tokens.refreshLife(),
        tokens.refreshGrace(),
        config.sessions().idle(),
        config.sessions().life(),
        tokens.personalLife(),
        config.registration().unusedLife(),
        tokens.deviceLife());
  }

  /** What the configuration says where it says nothing. */
  public static Lives standard() {
    return new Lives(
        Duration.ofMinutes(10),
        Duration.ofDays(30),
        Duration.ofDays(90),
        Duration.ofSeconds(10),
        Duration.ofHours(12),
        Duration.ofDays(7),
        Duration.ofDays(90),
        Duration.ofHours(24),
        Duration.ofMinutes(10));
  }
}
