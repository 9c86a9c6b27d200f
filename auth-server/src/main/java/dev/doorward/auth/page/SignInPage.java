package dev.doorward.auth.page;

import java.util.Optional;

/**
 * The sign-in form.
 *
 * @param client name of the app that waits, or empty
 * @param request the authorization request that waits, or empty
 * @param errand code of the errand that waits, or empty
 * @param username what was typed before
 * @param password whether names and passwords are taken
 * @param again whether somebody is signed in and must prove it again
 * @param passkey what a passkey answers; empty where nobody has one
 * @param upstream buttons to accounts elsewhere
 * @param problem what went wrong
 */
public record SignInPage(
    String client,
    String request,
    String errand,
    String csrf,
    String username,
    boolean password,
    boolean again,
    Optional<PasskeyAsk> passkey,
    UpstreamButtons upstream,
    Optional<Phrase> problem) {}
