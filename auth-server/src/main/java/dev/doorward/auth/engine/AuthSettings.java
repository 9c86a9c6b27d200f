package dev.doorward.auth.engine;

import dev.doorward.common.identity.Issuer;
import dev.doorward.common.identity.ServiceName;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * What the authorization server needs to know.
 *
 * @param dataDir directory of its own, mode 0700, locked by the caller
 * @param defaultService what a request without {@code resource} is for; without it such a request
 *     is refused unless there is just one service
 * @param accessTokenLife 1 minute to 1 hour
 * @param refreshTokenIdle how long an unused refresh token lives
 * @param refreshTokenLife how long a grant lives however often it is refreshed
 * @param clients which clients may ask
 */
public record AuthSettings(
    Issuer issuer,
    Path dataDir,
    Optional<ServiceName> defaultService,
    Duration accessTokenLife,
    Duration refreshTokenIdle,
    Duration refreshTokenLife,
    ClientRules clients) {}
