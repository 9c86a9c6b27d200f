package dev.doorward.transport.link;

import dev.doorward.common.identity.ServiceName;
import dev.doorward.common.outcome.Reason;

/** What happens to the edge's links. Called on the link's loop; must not block. */
public interface EdgeLinkListener {
  /** The link takes calls from now on: its first echo came back. */
  void onUp(EdgeLink link);

  /** The link's services have changed, or it has begun to drain. */
  void onChange(EdgeLink link);

  /** Whether the MCP server behind a service answers, as the agent sees it. */
  void onHealth(EdgeLink link, ServiceName service, boolean up);

  /** The link is gone; called once for each link that {@link #onUp} was called for. */
  void onDown(EdgeLink link, Reason reason);
}
