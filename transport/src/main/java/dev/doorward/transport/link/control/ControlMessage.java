package dev.doorward.transport.link.control;

import dev.doorward.common.identity.ServiceName;
import java.util.List;
import java.util.Set;

/** One message of the control stream, docs/link-protocol.md section 4. */
public sealed interface ControlMessage {
  /** Marks what only the edge sends. */
  sealed interface FromEdge extends ControlMessage {}

  /** Marks what only the agent sends. */
  sealed interface FromAgent extends ControlMessage {}

  /** Marks what both send. */
  sealed interface FromBoth extends FromEdge, FromAgent {}

  /**
   * First message of the edge.
   *
   * @param keys key statement, a compact JWS signed by the internal CA
   */
  record EdgeHello(Versions versions, String software, String issuer, String keys)
      implements FromEdge {}

  /**
   * First message of the agent.
   *
   * @param instance new at each start of the agent
   * @param index which of the agent's links this is, from 0
   */
  record AgentHello(
      Versions versions, String software, String instance, int index, Set<ServiceName> services)
      implements FromAgent {
    /** Copies the services. */
    public AgentHello {
      services = Set.copyOf(services);
    }
  }

  /**
   * The link is up.
   *
   * @param version what both speak from here on
   * @param link the edge's name of the link, for logs
   * @param services those of the agent's that the edge lets it offer
   */
  record Welcome(int version, String link, Set<ServiceName> services) implements FromEdge {
    /** Copies the services. */
    public Welcome {
      services = Set.copyOf(services);
    }
  }

  /** The agent's whole list of services has changed to this. */
  record Services(Set<ServiceName> services) implements FromAgent {
    /** Copies the services. */
    public Services {
      services = Set.copyOf(services);
    }
  }

  /** Answer to {@link Services}: those that the edge lets the agent offer. */
  record Granted(Set<ServiceName> services) implements FromEdge {
    /** Copies the services. */
    public Granted {
      services = Set.copyOf(services);
    }
  }

  /** Whether the MCP server behind a service answers. */
  record Health(ServiceName service, boolean up) implements FromAgent {}

  /** The issuer's keys have changed; see {@link EdgeHello#keys}. */
  record Keys(String keys) implements FromEdge {}

  /** Keep-alive; the peer answers with {@link Echoed} of the same id at once. */
  record Echo(long id) implements FromBoth {}

  /** Answer to {@link Echo}. */
  record Echoed(long id) implements FromBoth {}

  /** Asks for a fresh certificate; base64 of the DER of a PKCS#10 request. */
  record Renew(String csr) implements FromAgent {}

  /** The fresh certificate, leaf first, CA last; base64 of DER each. */
  record Renewed(List<String> chain) implements FromEdge {
    /** Copies the chain. */
    public Renewed {
      chain = List.copyOf(chain);
    }
  }

  /** No fresh certificate. */
  record RenewalRefused(String reason, String text) implements FromEdge {}

  /** The sender wants to go; {@code grace} seconds for open calls. */
  record Drain(String reason, int grace) implements FromBoth {}

  /** The link is closed now, and why. */
  record Refused(String reason, String text) implements FromBoth {}
}
