package dev.doorward.agent.link;

import dev.doorward.agent.dial.Dialer;
import dev.doorward.agent.dial.Dialled;
import dev.doorward.agent.identity.AgentIdentity;
import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Problem;
import dev.doorward.common.outcome.Reason;
import dev.doorward.config.value.HostPort;
import dev.doorward.transport.link.AgentCallHandler;
import dev.doorward.transport.link.AgentLinkListener;
import dev.doorward.transport.link.AgentLinkSession;
import dev.doorward.transport.link.LinkSettings;
import dev.doorward.transport.loop.EventLoops;
import dev.doorward.transport.tls.TlsContexts;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.handler.ssl.SslContext;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;

/** Tries the way to the edge, each hop by itself, for {@code doorward agent doctor}. Blocks. */
public final class EdgeProbe {
  private static final Duration MARGIN = Duration.ofSeconds(2);

  private final HostPort edge;
  private final Duration limit;
  private final EventLoop loop;
  private final Dialer dialer;

  /** A probe of {@code edge}; {@code limit} is for each hop. */
  public EdgeProbe(HostPort edge, Duration limit, EventLoops loops, Dialer dialer) {
    this.edge = edge;
    this.limit = limit;
    this.loop = loops.group().next();
    this.dialer = dialer;
  }

  /** Whether the port takes connections. */
  public Outcome<String> port() {
    CompletableFuture<Outcome<String>> end = new CompletableFuture<>();
    dialer.dial(
        loop,
        edge,
        limit,
        new ChannelInboundHandlerAdapter() {
          @Override
          public boolean isSharable() {
            return true;
          }
        },
        dialled -> {
          if (dialled instanceof Dialled.Open(Channel channel)) {
            channel.close();
            end.complete(Outcome.ok(edge + " takes connections"));
          } else if (dialled instanceof Dialled.ProxyFailed(String text)) {
            end.complete(Outcome.failed(Reason.PROXY_FAILED, text));
          } else {
            end.complete(
                Outcome.failed(
                    Reason.EDGE_UNREACHABLE,
                    "Nothing answers at "
                        + edge
                        + "; check that the edge runs, and that no firewall on the way forbids this"
                        + " machine to connect to that port."));
          }
        });
    return await(end);
  }

  /** Whether what answers is the edge that this agent joined, and the clocks agree. */
  public Outcome<String> tls(TlsContexts contexts, AgentIdentity identity) {
    CompletableFuture<Outcome<String>> end = new CompletableFuture<>();
    dial(
        contexts,
        identity,
        new LinkDialer.Result() {
          @Override
          public void onConnected(Channel channel) {
            channel.close();
            end.complete(Outcome.ok("it is the edge that this agent joined"));
          }

          @Override
          public void onFailed(Problem problem) {
            end.complete(Outcome.failed(problem));
          }
        });
    return await(end);
  }

  /** Whether the edge welcomes a link of this agent; the link offers nothing. */
  public Outcome<String> link(
      TlsContexts contexts, AgentIdentity identity, ProbeListener listener) {
    AgentCallHandler none =
        (head, reply) -> {
          throw new IllegalStateException("a link without services gets no calls");
        };
    dial(
        contexts,
        identity,
        new LinkDialer.Result() {
          @Override
          public void onConnected(Channel channel) {
            AgentLinkSession.start(
                channel,
                new AgentLinkSession.Self("doctor", "doctor-" + "0".repeat(16), 0, Set.of()),
                LinkSettings.defaults(),
                none,
                listener,
                System::nanoTime);
          }

          @Override
          public void onFailed(Problem problem) {
            listener.onDown(problem);
          }
        });
    return await(listener.end());
  }

  /** A listener that tells how the link ended. */
  public interface ProbeListener extends AgentLinkListener {
    /** Completes once. */
    CompletableFuture<Outcome<String>> end();
  }

  private void dial(TlsContexts contexts, AgentIdentity identity, LinkDialer.Result result) {
    try {
      SslContext tls = contexts.linkClient(identity.tls(), identity.ca());
      new LinkDialer(dialer, edge, limit).dial(loop, tls, result);
    } catch (SSLException e) {
      result.onFailed(
          new Problem(Reason.INTERNAL, "TLS cannot be set up on this machine: " + e.getMessage()));
    }
  }

  private Outcome<String> await(CompletableFuture<Outcome<String>> end) {
    return end.completeOnTimeout(
            Outcome.failed(
                Reason.EDGE_UNREACHABLE, "The edge at " + edge + " did not answer in time."),
            limit.plus(limit).plus(MARGIN).toMillis(),
            TimeUnit.MILLISECONDS)
        .join();
  }
}
