package dev.doorward.edge.route;

import dev.doorward.common.identity.Resource;
import dev.doorward.common.identity.ServiceName;

/** Where a request belongs, by its path alone. */
public sealed interface Route {
  /**
   * The MCP endpoint of a service, whether or not it exists.
   *
   * @param upstreamPath what the agent is asked for
   */
  record Service(ServiceName name, Resource resource, String upstreamPath) implements Route {}

  /** An endpoint or page of the authorization server. */
  record Auth() implements Route {}

  /** The health of this process. */
  record Health() implements Route {}

  /** Nothing. */
  record Unknown() implements Route {}
}
