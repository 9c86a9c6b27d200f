package dev.doorward.auth.engine;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;

/** The scopes that exist. */
public final class Scopes {
  /** Use of a service; the smallest scope and the default. */
  public static final String MCP = "mcp";

  /** All of them, as metadata lists them. */
  public static final List<String> SUPPORTED = List.of(MCP);

  private Scopes() {}

  /**
   * What a client gets that asks for {@code requested}: unknown scopes are left out and the default
   * stands in where none is left (RFC 6749 section 3.3); the token response names the result.
   */
  public static String granted(String requested) {
    String known =
        Arrays.stream(requested.split(" "))
            .filter(SUPPORTED::contains)
            .distinct()
            .collect(Collectors.joining(" "));
    return known.isEmpty() ? MCP : known;
  }

  /** The same scopes, each once. */
  public static String distinct(String scopes) {
    return Arrays.stream(scopes.split(" ")).distinct().collect(Collectors.joining(" "));
  }

  /** Whether {@code requested} stays within {@code granted}. */
  public static boolean within(String requested, String granted) {
    return Arrays.asList(granted.split(" ")).containsAll(Arrays.asList(requested.split(" ")));
  }
}
