package dev.doorward.auth.page;

/**
 * What every page shares.
 *
 * @param host shown in the header, so that people see where they are
 * @param style path of the style sheet, changed with its content
 * @param icon path of the icon
 * @param script path of the script that talks to passkeys; pages that need it name it
 */
public record Look(String host, String style, String icon, String script) {}
