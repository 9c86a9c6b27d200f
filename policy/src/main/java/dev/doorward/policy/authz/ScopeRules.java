package dev.doorward.policy.authz;

import dev.doorward.common.call.CallView;
import java.util.ArrayList;
import java.util.List;

/**
 * What a token must carry for a call.
 *
 * @param base what every call needs
 */
public record ScopeRules(String base, List<ScopeRule> rules) {
  /** Copies the rules. */
  public ScopeRules {
    rules = List.copyOf(rules);
  }

  /** One scope for everything. */
  public static ScopeRules only(String base) {
    return new ScopeRules(base, List.of());
  }

  /**
   * All scopes that the call needs, the base first. A batch may hold any call, so it needs all of
   * its service.
   */
  public List<String> needed(CallView view) {
    List<String> needed = new ArrayList<>(1);
    needed.add(base);
    for (ScopeRule rule : rules) {
      if (rule.service().equals(view.service())) {
        boolean needs =
            switch (view.mcpMethod()) {
              case "tools/call" -> rule.covers(view.mcpName());
              case "batch" -> true;
              default -> false;
            };
        if (needs && !needed.contains(rule.scope())) {
          needed.add(rule.scope());
        }
      }
    }
    return needed;
  }
}
