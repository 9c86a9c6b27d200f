package dev.doorward.transport.link;

import dev.doorward.common.identity.ServiceName;
import dev.doorward.common.outcome.Problem;
import dev.doorward.common.outcome.Reason;
import dev.doorward.transport.link.control.ControlMessage;
import dev.doorward.transport.link.control.ControlMessage.Drain;
import dev.doorward.transport.link.control.ControlMessage.Echo;
import dev.doorward.transport.link.control.ControlMessage.Refused;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http2.DefaultHttp2GoAwayFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2StreamChannel;
import java.time.Duration;
import java.util.Base64;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One link at the agent: its life, its keep-alive and its calls; {@link AgentControl} speaks with
 * the edge. Everything belongs to the link's loop; the public methods may be called from any
 * thread.
 */
public final class AgentLinkSession {
  /**
   * What the agent says of itself.
   *
   * @param instance new at each start of the agent, 16 to 64 characters
   * @param index which of the agent's links this is, 0 to 7
   */
  public record Self(String software, String instance, int index, Set<ServiceName> services) {
    /** Copies the services. */
    public Self {
      services = Set.copyOf(services);
    }
  }

  private final Channel channel;
  private final AgentCallHandler handler;
  private final AgentLinkListener listener;
  private final AgentControl control;
  private final LinkFlow flow;
  private final LinkPulse pulse;
  private final Set<AgentStream> calls = Collections.newSetFromMap(new IdentityHashMap<>());

  private @Nullable Problem problem;
  private boolean up;
  private boolean down;
  private boolean draining;
  private boolean drainHeard;
  private long drainEcho = -1;
  private volatile long rttMicros = -1;
  private volatile int openCalls;

  private AgentLinkSession(
      Channel channel,
      Self self,
      LinkSettings settings,
      AgentCallHandler handler,
      AgentLinkListener listener,
      LongSupplier nanoTime) {
    this.channel = channel;
    this.handler = handler;
    this.listener = listener;
    this.control = new AgentControl(this, self, listener, nanoTime);
    KeepAlive keepAlive = new KeepAlive(settings, nanoTime.getAsLong());
    LinkTraffic traffic = new LinkTraffic(nanoTime, keepAlive::onRead);
    this.flow =
        new LinkFlow(
            LinkFrames.agent(channel, traffic, new Streams(), settings.calls()),
            settings,
            nanoTime,
            keepAlive);
    this.pulse =
        new LinkPulse(
            channel.eventLoop(),
            flow,
            echo -> control.send(new Echo(echo)),
            this::silent,
            this::sweep);
    channel.pipeline().addLast("end", new LinkEnd(nanoTime, this::onEnd));
  }

  /**
   * Makes a link of a connection whose TLS handshake has just succeeded; on the channel's loop. The
   * connection's fate is told to {@code listener} from here on.
   */
  public static AgentLinkSession start(
      Channel channel,
      Self self,
      LinkSettings settings,
      AgentCallHandler handler,
      AgentLinkListener listener,
      LongSupplier nanoTime) {
    AgentLinkSession link =
        new AgentLinkSession(channel, self, settings, handler, listener, nanoTime);
    link.control.start(settings);
    return link;
  }

  /** The first stream is the control stream, all others are calls. */
  @ChannelHandler.Sharable
  private final class Streams extends ChannelInitializer<Http2StreamChannel> {
    @Override
    protected void initChannel(Http2StreamChannel stream) {
      if (!control.take(stream)) {
        stream.pipeline().addLast(new AgentStream(AgentLinkSession.this, stream));
      }
    }
  }

  // What the control stream hears.

  /** Edge and agent have said hello. */
  void welcomed() {
    up = true;
    pulse.start();
  }

  void onEchoed(long echo) {
    if (flow.keepAlive().onEchoed(echo, flow.nanoTime().getAsLong())) {
      rttMicros = TimeUnit.NANOSECONDS.toMicros(flow.keepAlive().rttNanos());
    }
    if (echo == drainEcho) {
      drainHeard = true;
      closeWhenIdle();
    }
  }

  void onDrain() {
    if (!draining) {
      listener.onDrain(this);
    }
  }

  private void silent() {
    close(new Problem(Reason.LINK_FAILED, "Nothing comes from the edge any more."));
  }

  private void sweep(long now) {
    for (AgentStream call : List.copyOf(calls)) {
      call.sweep(now);
    }
  }

  private void onEnd(Reason found) {
    if (down) {
      return;
    }
    down = true;
    pulse.stop();
    control.stop();
    for (AgentStream call : List.copyOf(calls)) {
      call.cancelled();
    }
    listener.onDown(
        problem == null ? new Problem(found, "The connection to the edge was lost.") : problem);
  }

  /** Tells the edge why, then closes. */
  void refuse(Problem why) {
    if (problem == null) {
      problem = why;
      control.send(new Refused(why.reason().code(), why.text()));
      channel.eventLoop().schedule(() -> channel.close(), 500, TimeUnit.MILLISECONDS);
    }
  }

  void onLoop(Runnable task) {
    if (channel.eventLoop().inEventLoop()) {
      task.run();
    } else {
      channel.eventLoop().execute(task);
    }
  }

  /** Tells the edge the whole list of services anew. */
  public void services(Set<ServiceName> services) {
    send(new ControlMessage.Services(services));
  }

  /** Tells the edge whether a service's backend answers. */
  public void health(ServiceName service, boolean isUp) {
    send(new ControlMessage.Health(service, isUp));
  }

  /** Asks for a fresh certificate; {@code csr} is DER. */
  public void renew(byte[] csr) {
    send(new ControlMessage.Renew(Base64.getEncoder().encodeToString(csr)));
  }

  private void send(ControlMessage message) {
    onLoop(() -> {
      if (up && !down) {
        control.send(message);
      }
    });
  }

  /**
   * Leaves the link in peace: no new calls, GOAWAY when the open ones have ended or {@code grace},
   * at most 10 minutes, is over.
   */
  public void drain(Duration grace, Reason reason) {
    onLoop(() -> {
      if (draining || down) {
        return;
      }
      draining = true;
      if (!up) {
        close(new Problem(reason, "The agent leaves this link."));
        return;
      }
      // The answer to this echo comes after the last call that the edge opened before it heard.
      drainEcho = (1L << 52) + 1;
      control.send(new Drain(reason.code(), (int) grace.toSeconds()));
      control.send(new Echo(drainEcho));
      channel
          .eventLoop()
          .schedule(
              () -> goAway(new Problem(reason, "The time for open calls is over.")),
              grace.toMillis(),
              TimeUnit.MILLISECONDS);
    });
  }

  private void closeWhenIdle() {
    if (draining && drainHeard && calls.isEmpty()) {
      goAway(new Problem(Reason.SHUTTING_DOWN, "The agent has left this link."));
    }
  }

  private void goAway(Problem why) {
    if (down || problem != null) {
      return;
    }
    problem = why;
    channel
        .writeAndFlush(new DefaultHttp2GoAwayFrame(Http2Error.NO_ERROR))
        .addListener(written -> channel.close());
  }

  /** Closes at once; open calls are cancelled. */
  public void close(Problem why) {
    onLoop(() -> {
      if (problem == null) {
        problem = why;
      }
      // At once: TLS may try for seconds to say goodbye to a peer that is not there any more.
      onEnd(why.reason());
      channel.close();
    });
  }

  /** Round-trip time of the last keep-alive echo in microseconds, or -1. */
  public long rttMicros() {
    return rttMicros;
  }

  /** Calls that are open on this link. */
  public int openCalls() {
    return openCalls;
  }

  // What calls need of their link, on its loop.

  EventLoop eventLoop() {
    return channel.eventLoop();
  }

  boolean isUp() {
    return up;
  }

  /** Whether the link has ended, although messages may still come. */
  boolean isDown() {
    return down;
  }

  AgentCallHandler handler() {
    return handler;
  }

  LinkFlow flow() {
    return flow;
  }

  void add(AgentStream call) {
    calls.add(call);
    openCalls = calls.size();
  }

  void remove(AgentStream call) {
    calls.remove(call);
    openCalls = calls.size();
    closeWhenIdle();
  }
}
