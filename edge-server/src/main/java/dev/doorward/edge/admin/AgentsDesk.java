package dev.doorward.edge.admin;

import java.util.List;

/** The table of agents as the operator sees it; answers from memory. */
public interface AgentsDesk {
  /** All agents of the table. */
  List<Desk.AgentView> agents();

  /** Every service that some agent was seen to offer. */
  List<String> services();
}
