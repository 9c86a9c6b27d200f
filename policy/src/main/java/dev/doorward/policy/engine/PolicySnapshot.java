package dev.doorward.policy.engine;

import dev.doorward.policy.authn.RevokedTokens;
import dev.doorward.policy.authz.AccessRules;
import dev.doorward.policy.authz.ScopeRules;
import dev.doorward.policy.limit.AddressLimit;

/**
 * What the policy is at one moment; a call keeps the one that it began with.
 *
 * @param address limit of callers who have not proven who they are
 * @param scopes what a token must carry for a call
 */
public record PolicySnapshot(
    AddressLimit address, RevokedTokens revoked, AccessRules access, ScopeRules scopes) {}
