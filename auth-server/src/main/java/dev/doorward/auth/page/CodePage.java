package dev.doorward.auth.page;

import java.util.Optional;

/**
 * The question for the second factor.
 *
 * @param person who typed the right password
 * @param problem what went wrong
 */
public record CodePage(String person, String csrf, Optional<Phrase> problem) {}
