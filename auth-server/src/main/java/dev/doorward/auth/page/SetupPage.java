package dev.doorward.auth.page;

import java.util.Optional;

/**
 * The form behind a setup link.
 *
 * @param name whose password it sets
 * @param code from the link
 * @param problem what is wrong with the chosen password
 */
public record SetupPage(String name, String code, String csrf, Optional<Phrase> problem) {}
