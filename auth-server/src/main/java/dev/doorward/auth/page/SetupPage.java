package dev.doorward.auth.page;

/**
 * The form behind a setup link.
 *
 * @param name whose password it sets
 * @param code from the link
 * @param problem what is wrong with the chosen password, or empty
 */
public record SetupPage(String name, String code, String csrf, String problem) {}
