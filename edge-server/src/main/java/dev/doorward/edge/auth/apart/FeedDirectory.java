package dev.doorward.edge.auth.apart;

import dev.doorward.auth.enrol.AgentDirectory;
import dev.doorward.auth.enrol.AgentEntry;
import dev.doorward.auth.wire.Ask;
import dev.doorward.common.identity.AgentId;
import dev.doorward.common.identity.ServiceName;
import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Reason;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** The table of agents as the feed has it. */
final class FeedDirectory implements AgentDirectory {
  private final Replica replica;
  private final AuthWire wire;

  FeedDirectory(Replica replica, AuthWire wire) {
    this.replica = replica;
    this.wire = wire;
  }

  @Override
  public Optional<AgentEntry> find(AgentId id) {
    return Optional.ofNullable(replica.table().agents().get(id));
  }

  @Override
  public List<AgentEntry> list() {
    return replica.table().agents().values().stream()
        .sorted(Comparator.comparing(entry -> entry.id().value()))
        .toList();
  }

  @Override
  public boolean knows(ServiceName service) {
    return replica.table().services().contains(service);
  }

  @Override
  public Set<ServiceName> services() {
    return replica.table().services();
  }

  @Override
  public void offered(AgentId id, Set<ServiceName> services) {
    // One that gets lost is told again with the agent's next link.
    var _ =
        wire.ask(
            new Ask.Offered(
                id.value(), services.stream().map(ServiceName::value).sorted().toList()));
  }

  @Override
  public Outcome<AgentEntry> revoke(AgentId id) {
    return Outcome.failed(
        Reason.AUTH_SERVER_APART, "Agents are revoked at the auth-server, on its own host.");
  }

  @Override
  public void onChange(Runnable listener) {
    throw new UnsupportedOperationException("ask ApartAuth");
  }
}
