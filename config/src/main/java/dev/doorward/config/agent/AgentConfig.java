package dev.doorward.config.agent;

import dev.doorward.common.identity.ServiceName;
import dev.doorward.config.bind.Key;
import dev.doorward.config.log.LogConfig;
import dev.doorward.config.value.HostPort;
import dev.doorward.config.value.ProxyRule;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * What {@code agent.yaml} says. Two configurations that say the same are equal.
 *
 * @param services the agent's own allow-table: what is not in it cannot be reached, whatever the
 *     edge asks for
 */
public record AgentConfig(
    @Key(
            doc =
                "The agent's own directory: its key, its certificate, what it knows of the edge."
                    + " It is made with mode 0700, and only one agent can use it at a time.",
            fallback = DEFAULT_DATA_DIR)
        Path dataDir,
    @Key(
            doc =
                "Where the edge is dialled, in place of the address of the invite; who is trusted"
                    + " there stays what the invite said.",
            example = "mcp.example.com:443")
        Optional<HostPort> edge,
    @Key(
            doc = "How many links are kept to the edge; if one breaks, the others carry on.",
            fallback = "2",
            least = "1",
            most = "8")
        int links,
    Map<ServiceName, ServiceConfig> services,
    AgentLimits limits,
    LogConfig log,
    @Key(
            doc =
                "HTTP proxy through which the edge is dialled (CONNECT), with user:password@ where"
                    + " it wants one; services are never reached through it. Without this key the"
                    + " environment's HTTPS_PROXY and NO_PROXY count; direct means none at all.",
            example = "http://proxy.example.com:3128")
        Optional<ProxyRule> proxy) {

  /** Where the agent keeps its data unless told otherwise. */
  public static final String DEFAULT_DATA_DIR = "~/.doorward/agent";

  /** Copies the map. */
  public AgentConfig {
    services = Map.copyOf(services);
  }
}
