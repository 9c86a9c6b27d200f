package dev.doorward.agent.imports;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a client's file says of one server. */
public sealed interface Found {
  /** What the file calls it. */
  String called();

  /**
   * A server that is a command.
   *
   * @param secrets the values of its environment, by name
   * @param inherited names whose value the agent's own environment has
   */
  record Command(
      String called,
      List<String> command,
      Map<String, String> secrets,
      List<String> inherited,
      Optional<String> directory)
      implements Found {
    /** Copies the collections. */
    public Command {
      command = List.copyOf(command);
      secrets = Map.copyOf(secrets);
      inherited = List.copyOf(inherited);
    }

    @Override
    public String toString() {
      return "Command[" + called + "]"; // values of the environment are mostly secrets
    }
  }

  /**
   * A server at a URL.
   *
   * @param oldEvents whether it speaks HTTP+SSE of 2024-11-05
   */
  record Url(String called, String url, boolean oldEvents) implements Found {}

  /** One that cannot be taken, and why. */
  record NotTaken(String called, String why) implements Found {}
}
