package dev.doorward.auth.page;

/**
 * A page that only tells something.
 *
 * @param reason stable code of what went wrong, or empty
 * @param link path on this server, with {@code linkText}; both empty where there is none
 */
public record MessagePage(String title, String text, String reason, String link, String linkText) {}
