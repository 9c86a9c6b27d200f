package dev.doorward.auth.page;

/**
 * What the page script asks an authenticator for.
 *
 * @param challenge base64url
 * @param rpId the name by which authenticators know this server
 */
public record PasskeyAsk(String challenge, String rpId) {}
