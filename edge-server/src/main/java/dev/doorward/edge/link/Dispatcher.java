package dev.doorward.edge.link;

import dev.doorward.common.identity.AgentId;
import dev.doorward.common.identity.ServiceName;
import dev.doorward.common.outcome.Problem;
import dev.doorward.common.outcome.Reason;
import dev.doorward.policy.engine.Permit;
import dev.doorward.transport.link.EdgeLink;
import dev.doorward.transport.link.LinkCall;
import dev.doorward.transport.link.LinkCallListener;
import dev.doorward.transport.link.LinkHead;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The only way to an agent. It opens with a permit, and with nothing else. */
public final class Dispatcher {
  private static final Problem REVOKED =
      new Problem(Reason.AGENT_OFFLINE, "The service cannot be reached at the moment.");

  private final LinkRegistry registry;

  /** A dispatcher over the links of {@code registry}. */
  public Dispatcher(LinkRegistry registry) {
    this.registry = registry;
  }

  /**
   * The link that a permitted call should go over now.
   *
   * @param pinned the agent that its session lives behind, or null
   * @param not a link that has failed for this call already, or null
   */
  public Optional<EdgeLink> choose(
      Permit permit, @Nullable AgentId pinned, @Nullable EdgeLink not, EventLoop loop) {
    return registry.choose(permit.view().service(), pinned, not, loop);
  }

  /** Whether it is worth waiting for a link: some agent was seen to offer the service. */
  public boolean expects(Permit permit) {
    return registry.expects(permit.view().service());
  }

  /**
   * Opens the call. Whether the agent may serve it is asked again, now; null, and the listener
   * told, where it may not.
   *
   * @param path what the agent is asked for, with query
   * @param token the caller's token, for the agent's own check
   * @param headers end-to-end headers, lower case
   */
  public @Nullable LinkCall open(
      Permit permit,
      EdgeLink link,
      String path,
      String token,
      HttpHeaders headers,
      EventLoop loop,
      LinkCallListener listener) {
    ServiceName service = permit.view().service();
    if (!registry.mayServe(link, service)) {
      listener.onFailure(REVOKED, false);
      return null;
    }
    return link.open(
        new LinkHead(
            permit.view().call(), service, permit.view().httpMethod(), path, token, headers),
        loop,
        listener);
  }
}
