package dev.doorward.policy.authz;

import static org.assertj.core.api.Assertions.assertThat;

import dev.doorward.common.call.CallView;
import dev.doorward.common.identity.Issuer;
import dev.doorward.common.identity.ServiceName;
import dev.doorward.common.outcome.Reason;
import dev.doorward.common.token.TokenCheck;
import java.net.InetAddress;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ScopeRulesTest {
  private static final ServiceName FILES = new ServiceName("files");
  private static final ScopeRules RULES =
      new ScopeRules(
          "mcp",
          List.of(
              new ScopeRule("files:write", FILES, List.of("write_*", "delete_*")),
              new ScopeRule("files:admin", FILES, List.of("delete_all", "chown")),
              new ScopeRule("mail:send", new ServiceName("mail"), List.of("*"))));

  @ParameterizedTest
  @CsvSource({
    // service, method, tool, what the call needs
    "files, tools/call, read_file, mcp",
    "files, tools/call, write_file, mcp files:write",
    "files, tools/call, write_, mcp files:write",
    "files, tools/call, write, mcp",
    "files, tools/call, WRITE_FILE, mcp",
    "files, tools/call, over_write_file, mcp",
    "files, tools/call, delete_all, mcp files:write files:admin",
    "files, tools/call, chown, mcp files:admin",
    "files, tools/call, chown2, mcp",
    "files, tools/call, '', mcp",
    "files, tools/list, write_file, mcp",
    "files, prompts/get, write_file, mcp",
    "files, batch, '', mcp files:write files:admin",
    "files, response, '', mcp",
    "files, '', '', mcp",
    "mail, tools/call, anything, mcp mail:send",
    "notes, tools/call, write_file, mcp",
    "notes, batch, '', mcp",
  })
  void callNeedsTheBaseAndWhatItsToolNeeds(
      String service, String method, String tool, String needed) {
    var name = new ServiceName(service);
    var view =
        new CallView(
            "c",
            name,
            new Issuer("https://edge.example").resourceOf(name),
            "POST",
            method,
            tool,
            InetAddress.getLoopbackAddress(),
            new TokenCheck.Rejected(Reason.TOKEN_MISSING));

    assertThat(String.join(" ", RULES.needed(view))).isEqualTo(needed);
  }

  @ParameterizedTest
  @CsvSource({
    "*, '', true",
    "*, abc, true",
    "'', '', true",
    "'', a, false",
    "a*c, abc, true",
    "a*c, ac, true",
    "a*c, abcd, false",
    "a*b*c, aXbXc, true",
    "a*b*c, aXcXb, false",
    "*a*a*, banana, true",
    "**x, aax, true",
    "a.c, abc, false",
    "[a-z], a, false",
  })
  void starStandsForAnythingAndNothingElseIsSpecial(String pattern, String text, boolean matches) {
    assertThat(ScopeRule.matches(pattern, text)).isEqualTo(matches);
  }
}
