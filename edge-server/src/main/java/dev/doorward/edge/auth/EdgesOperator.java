package dev.doorward.edge.auth;

import dev.doorward.auth.edges.EdgeEntry;
import dev.doorward.auth.edges.Edges;
import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Reason;
import dev.doorward.config.value.HostPort;
import dev.doorward.edge.admin.EdgesDesk;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The operator's side of the edges of other machines. */
public final class EdgesOperator implements EdgesDesk {
  private final Edges edges;
  private final Optional<HostPort> listen;

  /**
   * A desk.
   *
   * @param listen where the auth-server listens for them, if it does
   */
  public EdgesOperator(Edges edges, Optional<HostPort> listen) {
    this.edges = edges;
    this.listen = listen;
  }

  @Override
  public List<EdgeView> edges() {
    return edges.list().stream().map(EdgesOperator::view).toList();
  }

  @Override
  public Outcome<EdgeInviteView> inviteEdge(String name, String address, Duration valid) {
    if (listen.isEmpty()) {
      return Outcome.failed(
          Reason.USAGE,
          "This auth-server listens for no other machine; set port.listen in auth.yaml first.");
    }
    Optional<HostPort> at =
        address.isEmpty()
            ? listen.filter(l -> !l.host().equals("0.0.0.0") && !l.host().equals("::"))
            : HostPort.parse(address);
    if (at.isEmpty()) {
      return Outcome.failed(
          Reason.USAGE, "Say with --address HOST:PORT where the edge finds this auth-server.");
    }
    return edges
        .invite(name, at.get().toString(), valid)
        .then(invited ->
            Outcome.ok(
                new EdgeInviteView(
                    name,
                    invited.invite(),
                    "doorward edge-join " + invited.invite(),
                    invited.expiresAt())));
  }

  @Override
  public Outcome<EdgeView> removeEdge(String name) {
    return edges.remove(name).then(gone -> Outcome.ok(view(gone)));
  }

  private static EdgeView view(EdgeEntry entry) {
    return new EdgeView(entry.name(), entry.joinedAt(), entry.certificateEnds());
  }
}
