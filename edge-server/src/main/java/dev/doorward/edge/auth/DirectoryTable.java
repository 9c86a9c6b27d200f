package dev.doorward.edge.auth;

import dev.doorward.auth.enrol.AgentDirectory;
import dev.doorward.common.identity.AgentId;
import dev.doorward.common.identity.Fingerprint;
import dev.doorward.common.identity.ServiceName;
import dev.doorward.edge.link.AllowTable;
import java.util.Set;
import java.util.concurrent.Executor;

/** The directory of agents as the links see it. */
public final class DirectoryTable implements AllowTable {
  private final AgentDirectory directory;
  private final Executor executor;

  /** What blocks runs on {@code executor}. */
  public DirectoryTable(AgentDirectory directory, Executor executor) {
    this.directory = directory;
    this.executor = executor;
  }

  @Override
  public boolean mayLink(AgentId agent, Fingerprint key) {
    return directory.find(agent).filter(e -> !e.revoked() && e.keys().contains(key)).isPresent();
  }

  @Override
  public boolean mayServe(AgentId agent, Fingerprint key, ServiceName service) {
    return directory.find(agent).filter(e -> e.allows(key, service)).isPresent();
  }

  @Override
  public boolean knows(ServiceName service) {
    return directory.knows(service);
  }

  @Override
  public void offered(AgentId agent, Set<ServiceName> services) {
    executor.execute(() -> directory.offered(agent, services));
  }
}
