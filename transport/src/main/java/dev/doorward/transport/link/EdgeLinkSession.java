package dev.doorward.transport.link;

import dev.doorward.common.identity.AgentId;
import dev.doorward.common.identity.Fingerprint;
import dev.doorward.common.identity.ServiceName;
import dev.doorward.common.outcome.Problem;
import dev.doorward.common.outcome.Reason;
import dev.doorward.transport.link.control.ControlMessage;
import dev.doorward.transport.link.control.ControlMessage.Drain;
import dev.doorward.transport.link.control.ControlMessage.Echo;
import dev.doorward.transport.link.control.ControlMessage.Refused;
import dev.doorward.transport.tls.TlsPeer;
import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import java.net.InetSocketAddress;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One link at the edge: its life, its keep-alive and its calls; {@link EdgeControl} speaks with the
 * agent. Everything that is not volatile or atomic belongs to the link's loop.
 */
final class EdgeLinkSession implements EdgeLink {
  private static final Logger log = LoggerFactory.getLogger(EdgeLinkSession.class);
  private static final int DRAIN_GRACE = 30;
  private static final int DRAIN_MARGIN = 5;
  private static final int LAST_WORD_MILLIS = 500;

  private final String id;
  private final Channel channel;
  private final TlsPeer.Link peer;
  private final EdgeLinkAcceptor owner;
  private final KeepAlive keepAlive;
  private final EdgeControl control;
  private final LinkFlow flow;
  private final LinkPulse pulse;
  private final Set<EdgeCall> calls = Collections.newSetFromMap(new IdentityHashMap<>());
  private final AtomicInteger openCalls = new AtomicInteger();

  /** Of its services, what the agent said before its first echo came back. */
  private final Map<ServiceName, Boolean> early = new HashMap<>();

  private boolean up;
  private boolean down;
  private @Nullable Reason closing;

  private volatile Set<ServiceName> services = Set.of();
  private volatile boolean accepting;
  private volatile boolean draining;
  private volatile long rttMicros = -1;
  private volatile String place = "";
  private volatile LinkFacts facts = LinkFacts.NONE;

  /** Puts the link on a connection whose handshake is done; on its loop. */
  EdgeLinkSession(String id, Channel channel, TlsPeer.Link peer, EdgeLinkAcceptor owner) {
    this.id = id;
    this.channel = channel;
    this.peer = peer;
    this.owner = owner;
    this.keepAlive = new KeepAlive(owner.settings(), owner.nanoTime().getAsLong());
    this.control = new EdgeControl(this, owner);
    LinkTraffic traffic = new LinkTraffic(owner.nanoTime(), keepAlive::onRead);
    this.flow =
        new LinkFlow(
            LinkFrames.edge(channel, traffic, new NoStreams()),
            owner.settings(),
            owner.nanoTime(),
            keepAlive);
    this.pulse =
        new LinkPulse(
            channel.eventLoop(),
            flow,
            echo -> control.send(new Echo(echo)),
            this::silent,
            this::sweep);
    channel.pipeline().addLast("end", new LinkEnd(owner.nanoTime(), this::onEnd));
  }

  /** Begins with the hello. */
  void start() {
    control.open();
  }

  // What the control stream hears.

  /** Whether the link has ended, although messages may still come. */
  boolean isDown() {
    return down;
  }

  /** A good hello of a version that both know. */
  void welcome(ControlMessage.AgentHello hello, int version) {
    place = hello.instance() + "/" + hello.index();
    facts =
        new LinkFacts(
            remote(),
            hello.software().replaceAll("\\p{Cntrl}", " "),
            hello.instance(),
            hello.index());
    owner.replaceOlder(this, agent(), hello.instance(), hello.index());
    services = owner.gate().permitted(agent(), key(), hello.services());
    control.send(new ControlMessage.Welcome(version, id, services));
    pulse.start();
  }

  /** The agent's services have changed; those that it may offer. */
  Set<ServiceName> offer(ControlMessage.Services changed) {
    services = owner.gate().permitted(agent(), key(), changed.services());
    changed();
    return services;
  }

  void onHealth(ServiceName service, boolean answers) {
    if (!services.contains(service)) {
      return;
    }
    if (up) {
      owner.listener().onHealth(this, service, answers);
    } else {
      early.put(service, answers);
    }
  }

  void onEchoed(long echo) {
    if (!keepAlive.onEchoed(echo, owner.nanoTime().getAsLong())) {
      return;
    }
    rttMicros = TimeUnit.NANOSECONDS.toMicros(keepAlive.rttNanos());
    if (!up && !down) {
      up = true;
      accepting = !draining;
      log.atInfo()
          .addKeyValue("event", "link_up")
          .addKeyValue("link", id)
          .addKeyValue("services", services)
          .log("link up");
      owner.listener().onUp(this);
      early.forEach((service, answers) -> owner.listener().onHealth(this, service, answers));
      early.clear();
    }
  }

  void onDrain() {
    draining = true;
    accepting = false;
    changed();
  }

  private void silent() {
    log.atWarn()
        .addKeyValue("event", "link_silent")
        .addKeyValue("link", id)
        .log("nothing comes from the agent any more; the link is closed");
    close(Reason.LINK_FAILED);
  }

  private void sweep(long now) {
    for (EdgeCall call : List.copyOf(calls)) {
      call.sweep(now);
    }
  }

  private void changed() {
    if (up && !down) {
      owner.listener().onChange(this);
    }
  }

  private void onEnd(Reason found) {
    if (down) {
      return;
    }
    down = true;
    accepting = false;
    pulse.stop();
    control.stop();
    owner.remove(this);
    Reason reason = closing != null ? closing : draining ? Reason.SHUTTING_DOWN : found;
    failCalls(reason);
    if (up) {
      log.atInfo()
          .addKeyValue("event", "link_down")
          .addKeyValue("link", id)
          .addKeyValue("reason", reason)
          .log("link down");
      owner.listener().onDown(this, reason);
    }
  }

  private void failCalls(Reason reason) {
    for (EdgeCall call : List.copyOf(calls)) {
      call.linkLost(reason);
    }
  }

  /** Tells the agent why, then closes. Any thread. */
  void refuse(Problem problem) {
    onLoop(() -> {
      if (closing != null) {
        return;
      }
      closing = problem.reason();
      accepting = false;
      log.atWarn()
          .addKeyValue("event", "link_refused")
          .addKeyValue("link", id)
          .addKeyValue("reason", problem.reason())
          .log("link refused");
      control.send(new Refused(problem.reason().code(), problem.text()));
      failCalls(problem.reason());
      // Closing with unread bytes would reset the connection and lose the message.
      channel.eventLoop().schedule(() -> channel.close(), LAST_WORD_MILLIS, TimeUnit.MILLISECONDS);
    });
  }

  void send(ControlMessage message) {
    onLoop(() -> {
      if (control.isWelcomed()) {
        control.send(message);
      }
    });
  }

  boolean isPlace(String instance, int index) {
    return place.equals(instance + "/" + index);
  }

  private void onLoop(Runnable task) {
    if (channel.eventLoop().inEventLoop()) {
      task.run();
    } else {
      channel.eventLoop().execute(task);
    }
  }

  @Override
  public String id() {
    return id;
  }

  @Override
  public AgentId agent() {
    return peer.agent();
  }

  @Override
  public Fingerprint key() {
    return peer.key();
  }

  @Override
  public LinkFacts facts() {
    return facts;
  }

  private String remote() {
    return channel.remoteAddress() instanceof InetSocketAddress from && from.getAddress() != null
        ? from.getAddress().getHostAddress()
        : "";
  }

  @Override
  public EventLoop eventLoop() {
    return channel.eventLoop();
  }

  @Override
  public Set<ServiceName> services() {
    return services;
  }

  @Override
  public int openCalls() {
    return openCalls.get();
  }

  @Override
  public boolean accepting() {
    return accepting && channel.isActive();
  }

  @Override
  public long rttMicros() {
    return rttMicros;
  }

  @Override
  public LinkCall open(LinkHead head, EventLoop loop, LinkCallListener listener) {
    EdgeCall call = new EdgeCall(this, head, loop, listener);
    openCalls.incrementAndGet();
    call.begin();
    return call;
  }

  @Override
  public void drain() {
    onLoop(() -> {
      if (draining || down) {
        return;
      }
      draining = true;
      accepting = false;
      control.send(new Drain(Reason.SHUTTING_DOWN.code(), DRAIN_GRACE));
      channel
          .eventLoop()
          .schedule(
              () -> close(Reason.SHUTTING_DOWN), DRAIN_GRACE + DRAIN_MARGIN, TimeUnit.SECONDS);
      changed();
    });
  }

  @Override
  public void close(Reason reason) {
    onLoop(() -> {
      if (closing == null) {
        closing = reason;
      }
      // At once: TLS may try for seconds to say goodbye to a peer that is not there any more.
      onEnd(reason);
      channel.close();
    });
  }

  // What calls need of their link, on its loop.

  Channel channel() {
    return channel;
  }

  LinkFlow flow() {
    return flow;
  }

  /** Calls that have begun, without those on their way from another loop. */
  int callsOnLoop() {
    return calls.size();
  }

  void add(EdgeCall call) {
    calls.add(call);
  }

  void remove(EdgeCall call) {
    calls.remove(call);
    openCalls.decrementAndGet();
  }
}
