package dev.doorward.auth.page;

import java.util.Optional;

/**
 * The sign-in form.
 *
 * @param client name of the app that waits, or empty
 * @param request the authorization request that waits, or empty
 * @param username what was typed before
 * @param problem what went wrong
 */
public record SignInPage(
    String client, String request, String csrf, String username, Optional<Phrase> problem) {}
