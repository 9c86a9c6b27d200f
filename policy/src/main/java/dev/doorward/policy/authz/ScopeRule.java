package dev.doorward.policy.authz;

import dev.doorward.common.identity.ServiceName;
import java.util.List;

/**
 * A scope that some tools of a service need beside the one that every call needs.
 *
 * @param tools names of tools, in which {@code *} stands for anything
 */
public record ScopeRule(String scope, ServiceName service, List<String> tools) {
  /** Copies the patterns. */
  public ScopeRule {
    tools = List.copyOf(tools);
  }

  /** Whether it is about that tool of its service. */
  boolean covers(String tool) {
    for (String pattern : tools) {
      if (matches(pattern, tool)) {
        return true;
      }
    }
    return false;
  }

  /** Compares from left to right; on a mismatch the last star takes one character more. */
  static boolean matches(String pattern, String text) {
    int p = 0;
    int t = 0;
    int star = -1;
    int taken = 0;
    while (t < text.length()) {
      if (p < pattern.length() && pattern.charAt(p) == '*') {
        star = p++;
        taken = t;
      } else if (p < pattern.length() && pattern.charAt(p) == text.charAt(t)) {
        p++;
        t++;
      } else if (star >= 0) {
        p = star + 1;
        t = ++taken;
      } else {
        return false;
      }
    }
    while (p < pattern.length() && pattern.charAt(p) == '*') {
      p++;
    }
    return p == pattern.length();
  }
}
