package dev.doorward.auth.page;

import java.util.Optional;

/**
 * The form for another password.
 *
 * @param first whether there is none so far
 * @param problem what is wrong with the chosen one
 */
public record PasswordPage(String person, boolean first, String csrf, Optional<Phrase> problem) {}
