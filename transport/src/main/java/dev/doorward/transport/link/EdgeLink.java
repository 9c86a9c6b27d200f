package dev.doorward.transport.link;

import dev.doorward.common.identity.AgentId;
import dev.doorward.common.identity.Fingerprint;
import dev.doorward.common.identity.ServiceName;
import dev.doorward.common.outcome.Reason;
import io.netty.channel.EventLoop;
import java.util.Set;

/** The edge's end of one link. Safe on any thread unless a method says otherwise. */
public interface EdgeLink {
  /** Identifier for logs, unique in this process, e.g. {@code nas#3}. */
  String id();

  /** The agent that the peer's certificate names. */
  AgentId agent();

  /** SHA-256 of the SubjectPublicKeyInfo of the peer's certificate. */
  Fingerprint key();

  /** Where the agent is, and what it says of itself; empty before its hello. */
  LinkFacts facts();

  /** The loop that the link's socket lives on. */
  EventLoop eventLoop();

  /** What the agent says it offers at the moment; changes as the agent says so. */
  Set<ServiceName> services();

  /** Calls that are open on this link. */
  int openCalls();

  /** Whether new calls may be opened: hello seen, not draining, socket alive, echo answered. */
  boolean accepting();

  /** Round-trip time of the last keep-alive echo through the data path in microseconds, or -1. */
  long rttMicros();

  /**
   * Opens a call. Never blocks; a failure to open is told to {@code listener.onFailure}, once.
   *
   * @param head what goes to the agent
   * @param loop where every callback of {@code listener} runs; best the client's own loop
   */
  LinkCall open(LinkHead head, EventLoop loop, LinkCallListener listener);

  /** Tells the agent to open another link and stop counting on this one; running calls go on. */
  void drain();

  /** Closes at once; open calls fail with {@code reason}. */
  void close(Reason reason);
}
