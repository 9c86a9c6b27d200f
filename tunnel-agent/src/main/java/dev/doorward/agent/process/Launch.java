package dev.doorward.agent.process;

import dev.doorward.common.identity.ServiceName;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/**
 * How a process is started and what it may use; nothing of it ever comes from outside agent.yaml.
 *
 * @param command the program and its arguments, which no shell looks at
 * @param environment all of it
 * @param memory most resident bytes of the process and its descendants
 * @param stopTime how long it has to end after its input was closed, and again after SIGTERM
 * @param lineBytes longest line of its output
 */
public record Launch(
    ServiceName service,
    List<String> command,
    Map<String, String> environment,
    Path directory,
    OptionalLong memory,
    Duration stopTime,
    int lineBytes) {
  /** Copies list and map. */
  public Launch {
    command = List.copyOf(command);
    environment = Map.copyOf(environment);
  }

  @Override
  public String toString() {
    return "Launch[" + service + "]"; // the environment may hold secrets
  }
}
