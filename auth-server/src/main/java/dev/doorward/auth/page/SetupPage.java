package dev.doorward.auth.page;

import java.util.Optional;

/**
 * The form behind a setup link.
 *
 * @param name whose password it sets
 * @param code from the link
 * @param password whether one is to be chosen; without it the link leads to the account
 * @param upstream buttons to accounts elsewhere
 * @param problem what is wrong with the chosen password
 */
public record SetupPage(
    String name,
    String code,
    String csrf,
    boolean password,
    UpstreamButtons upstream,
    Optional<Phrase> problem) {}
