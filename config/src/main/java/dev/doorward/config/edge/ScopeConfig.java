package dev.doorward.config.edge;

import dev.doorward.common.identity.ServiceName;
import dev.doorward.config.bind.Key;
import dev.doorward.config.check.SelfChecked;
import java.util.ArrayList;
import java.util.List;

/** A scope in edge.yaml: some tools of a service that a token needs it for. */
public record ScopeConfig(
    @Key(doc = "The service whose tools need this scope.", example = "files") ServiceName service,
    @Key(
            doc =
                "The tools, by their names; * stands for anything. A call of one needs this scope"
                    + " beside mcp.",
            example = "delete_*")
        List<String> tools,
    @Key(
            doc = "What the scope permits, as people read it when an app asks for it.",
            example = "Change and delete files")
        String describe)
    implements SelfChecked {

  private static final int MAX_TEXT = 200;

  /** Copies the tools. */
  public ScopeConfig {
    tools = List.copyOf(tools);
  }

  @Override
  public List<Fault> faults() {
    List<Fault> faults = new ArrayList<>();
    if (tools.isEmpty()) {
      faults.add(new Fault("tools", "names no tool; write at least one, or \"*\" for all."));
    }
    if (tools.stream().anyMatch(tool -> tool.isEmpty() || tool.length() > MAX_TEXT)) {
      faults.add(new Fault("tools", "has a name that is empty or longer than 200 characters."));
    }
    if (describe.length() > MAX_TEXT) {
      faults.add(new Fault("describe", "is longer than 200 characters."));
    }
    return faults;
  }
}
