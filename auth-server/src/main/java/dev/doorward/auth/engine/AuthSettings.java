package dev.doorward.auth.engine;

import dev.doorward.auth.store.Lives;
import dev.doorward.common.identity.Issuer;
import dev.doorward.common.identity.ServiceName;
import dev.doorward.config.edge.LoginConfig;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What the authorization server needs to know.
 *
 * @param dataDir directory of its own, mode 0700, locked by the caller
 * @param defaultService what a request without {@code resource} is for; without it such a request
 *     is refused unless there is just one service
 * @param scopes what there is to ask for
 * @param clients which clients may ask
 * @param login how people sign in
 * @param personalTokens most personal access tokens of a person
 * @param enterprise whether any identity provider is trusted with assertions
 */
public record AuthSettings(
    Issuer issuer,
    Path dataDir,
    Optional<ServiceName> defaultService,
    Lives lives,
    Scopes scopes,
    ClientRules clients,
    LoginConfig login,
    int personalTokens,
    boolean enterprise) {}
