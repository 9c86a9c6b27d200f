package dev.doorward.transport.link;

import dev.doorward.common.identity.AgentId;
import dev.doorward.common.outcome.Reason;
import dev.doorward.transport.link.control.ControlMessage;
import dev.doorward.transport.tls.TlsPeer;
import io.netty.channel.Channel;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;

/**
 * Turns authenticated connections into links and keeps the open ones. Safe on any thread, {@link
 * #accept} on the channel's loop.
 */
public final class EdgeLinkAcceptor {
  private final LinkGate gate;
  private final EdgeLinkListener listener;
  private final LinkSettings settings;
  private final String software;
  private final LongSupplier nanoTime;
  private final Set<EdgeLinkSession> links = ConcurrentHashMap.newKeySet();
  private final AtomicLong numbers = new AtomicLong();

  /**
   * An acceptor.
   *
   * @param software version of this edge, told to agents
   * @param nanoTime monotonic clock, {@code System::nanoTime} outside of tests
   */
  public EdgeLinkAcceptor(
      LinkGate gate,
      EdgeLinkListener listener,
      LinkSettings settings,
      String software,
      LongSupplier nanoTime) {
    this.gate = gate;
    this.listener = listener;
    this.settings = settings;
    this.software = software;
    this.nanoTime = nanoTime;
  }

  /** Takes over a connection right after its handshake, see transport.tls.PeerListener. */
  public void accept(Channel channel, TlsPeer.Link peer) {
    String id = peer.agent() + "#" + numbers.incrementAndGet();
    EdgeLinkSession session = new EdgeLinkSession(id, channel, peer, this);
    links.add(session);
    session.start();
  }

  /** Closes every link of agents that the gate now refuses; call it after a change of the table. */
  public void recheck() {
    for (EdgeLinkSession link : links) {
      gate.refusal(link.agent(), link.key()).ifPresent(link::refuse);
    }
  }

  /** Sends the gate's newest key statement to all agents. */
  public void announceKeys() {
    String keys = gate.terms().keys();
    for (EdgeLinkSession link : links) {
      link.send(new ControlMessage.Keys(keys));
    }
  }

  /** Drains all links: agents are asked to go elsewhere, running calls end in peace. */
  public void drainAll() {
    links.forEach(EdgeLink::drain);
  }

  /** Closes all links at once. */
  public void closeAll(Reason reason) {
    links.forEach(link -> link.close(reason));
  }

  /** How many connections are links now, those that are not up yet included. */
  public int open() {
    return links.size();
  }

  LinkGate gate() {
    return gate;
  }

  EdgeLinkListener listener() {
    return listener;
  }

  LinkSettings settings() {
    return settings;
  }

  String software() {
    return software;
  }

  LongSupplier nanoTime() {
    return nanoTime;
  }

  void remove(EdgeLinkSession link) {
    links.remove(link);
  }

  /** Drains an older link of the same agent process in the same place. */
  void replaceOlder(EdgeLinkSession link, AgentId agent, String instance, int index) {
    for (EdgeLinkSession other : links) {
      if (!other.equals(link) && other.agent().equals(agent) && other.isPlace(instance, index)) {
        other.drain();
      }
    }
  }
}
