package dev.doorward.transport.link;

import dev.doorward.common.identity.AgentId;
import dev.doorward.common.identity.Fingerprint;
import dev.doorward.common.identity.ServiceName;
import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Problem;
import dev.doorward.common.outcome.Reason;
import dev.doorward.transport.link.control.ControlCodec;
import dev.doorward.transport.link.control.ControlMessage;
import dev.doorward.transport.link.control.ControlMessage.AgentHello;
import dev.doorward.transport.link.control.ControlMessage.Drain;
import dev.doorward.transport.link.control.ControlMessage.Echo;
import dev.doorward.transport.link.control.ControlMessage.Echoed;
import dev.doorward.transport.link.control.ControlMessage.FromAgent;
import dev.doorward.transport.link.control.ControlMessage.Health;
import dev.doorward.transport.link.control.ControlMessage.Refused;
import dev.doorward.transport.link.control.ControlMessage.Renew;
import dev.doorward.transport.link.control.ControlMessage.Services;
import dev.doorward.transport.link.control.Versions;
import dev.doorward.transport.tls.TlsPeer;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2StreamChannelBootstrap;
import io.netty.util.concurrent.ScheduledFuture;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One link at the edge: its control stream, its keep-alive and its calls. Everything that is not
 * volatile or atomic belongs to the link's loop.
 */
final class EdgeLinkSession implements EdgeLink, ControlStream.Owner<FromAgent> {
  private static final Logger log = LoggerFactory.getLogger(EdgeLinkSession.class);
  private static final int DRAIN_GRACE = 30;
  private static final int DRAIN_MARGIN = 5;

  private final String id;
  private final Channel channel;
  private final TlsPeer.Link peer;
  private final EdgeLinkAcceptor owner;
  private final KeepAlive keepAlive;
  private final ControlStream<FromAgent> control;
  private final Set<EdgeCall> calls = Collections.newSetFromMap(new IdentityHashMap<>());
  private final AtomicInteger openCalls = new AtomicInteger();

  private @Nullable LinkFrames frames;
  private @Nullable ScheduledFuture<?> ticks;
  private @Nullable ScheduledFuture<?> helloDeadline;
  private boolean welcomed;
  private boolean up;
  private boolean renewing;
  private boolean down;
  private @Nullable Reason closing;

  private volatile Set<ServiceName> services = Set.of();
  private volatile boolean accepting;
  private volatile boolean draining;
  private volatile long rttMicros = -1;
  private volatile String place = "";

  EdgeLinkSession(String id, Channel channel, TlsPeer.Link peer, EdgeLinkAcceptor owner) {
    this.id = id;
    this.channel = channel;
    this.peer = peer;
    this.owner = owner;
    this.keepAlive = new KeepAlive(owner.settings(), owner.nanoTime().getAsLong());
    this.control = new ControlStream<>(ControlCodec::fromAgent, this, owner.nanoTime());
  }

  void start() {
    LinkTraffic traffic = new LinkTraffic(owner.nanoTime(), keepAlive::onRead);
    frames = LinkFrames.edge(channel, traffic, new NoStreams());
    channel.pipeline().addLast("end", new LinkEnd(owner.nanoTime(), this::onEnd));
    helloDeadline =
        channel
            .eventLoop()
            .schedule(
                () -> close(Reason.LINK_PROTOCOL_VIOLATION),
                owner.settings().hello().toMillis(),
                TimeUnit.MILLISECONDS);
    openControl();
  }

  private void openControl() {
    new Http2StreamChannelBootstrap(channel)
        .handler(control)
        .open()
        .addListener(opened -> {
          if (!opened.isSuccess()) {
            close(Reason.LINK_FAILED);
            return;
          }
          sendHello((Channel) opened.getNow());
        });
  }

  private void sendHello(Channel stream) {
    Http2Headers head =
        new DefaultHttp2Headers().method("POST").scheme("https").authority("control").path("/v1");
    stream.write(new DefaultHttp2HeadersFrame(head, false));
    LinkGate gate = owner.gate();
    gate.refusal(agent(), key())
        .ifPresentOrElse(
            this::refuse,
            () -> {
              LinkGate.Terms terms = gate.terms();
              control.send(
                  new ControlMessage.EdgeHello(
                      Versions.OURS, owner.software(), terms.issuer().value(), terms.keys()));
            });
  }

  /** A peer that must not open streams tried to. */
  private static final class NoStreams extends ChannelInboundHandlerAdapter {
    @Override
    public boolean isSharable() {
      return true;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext ctx) {
      ctx.channel().parent().close();
    }
  }

  @Override
  public boolean onHead(Http2Headers headers, boolean end) {
    return !end && "200".contentEquals(headers.status());
  }

  @Override
  public void onMessage(FromAgent message) {
    if (!welcomed && !(message instanceof AgentHello) && !(message instanceof Refused)) {
      onViolation();
      return;
    }
    switch (message) {
      case AgentHello hello -> onHello(hello);
      case Services changed -> onServices(changed);
      case Health health -> onHealth(health);
      case Renew renew -> onRenew(renew);
      case Echo echo -> control.send(new Echoed(echo.id()));
      case Echoed echoed -> onEchoed(echoed);
      case Drain drain -> onDrain();
      case Refused refused -> onRefused(refused);
    }
  }

  private void onHello(AgentHello hello) {
    OptionalInt version = Versions.OURS.common(hello.versions());
    if (welcomed || version.isEmpty()) {
      refuse(
          welcomed
              ? new Problem(Reason.LINK_PROTOCOL_VIOLATION, "A link says hello once.")
              : new Problem(
                  Reason.LINK_VERSION_UNSUPPORTED,
                  "The edge and this agent have no version of the link in common; update the older"
                      + " one."));
      return;
    }
    welcomed = true;
    cancel(helloDeadline);
    place = hello.instance() + "/" + hello.index();
    owner.replaceOlder(this, agent(), hello.instance(), hello.index());
    services = owner.gate().permitted(agent(), key(), hello.services());
    control.send(new ControlMessage.Welcome(version.getAsInt(), id, services));
    tick();
    long every = owner.settings().tick().toMillis();
    ticks =
        channel.eventLoop().scheduleAtFixedRate(this::tick, every, every, TimeUnit.MILLISECONDS);
  }

  private void onServices(Services changed) {
    services = owner.gate().permitted(agent(), key(), changed.services());
    control.send(new ControlMessage.Granted(services));
    changed();
  }

  private void onHealth(Health health) {
    if (up && services.contains(health.service())) {
      owner.listener().onHealth(this, health.service(), health.up());
    }
  }

  private void onEchoed(Echoed echoed) {
    if (!keepAlive.onEchoed(echoed.id(), owner.nanoTime().getAsLong())) {
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
    }
  }

  private void onRenew(Renew renew) {
    if (renewing) {
      onViolation();
      return;
    }
    renewing = true;
    byte[] csr;
    try {
      csr = Base64.getDecoder().decode(renew.csr());
    } catch (IllegalArgumentException e) {
      onViolation();
      return;
    }
    owner
        .gate()
        .renew(agent(), key(), csr)
        .whenComplete((outcome, failure) -> channel.eventLoop().execute(() -> renewed(outcome)));
  }

  private void renewed(@Nullable Outcome<List<X509Certificate>> outcome) {
    renewing = false;
    switch (outcome) {
      case null -> refuseRenewal(new Problem(Reason.INTERNAL, "The edge could not renew now."));
      case Outcome.Failed<List<X509Certificate>>(Problem problem) -> refuseRenewal(problem);
      case Outcome.Ok<List<X509Certificate>>(List<X509Certificate> chain) -> {
        List<String> ders = new ArrayList<>();
        try {
          for (X509Certificate certificate : chain) {
            ders.add(Base64.getEncoder().encodeToString(certificate.getEncoded()));
          }
          control.send(new ControlMessage.Renewed(ders));
        } catch (CertificateEncodingException e) {
          refuseRenewal(new Problem(Reason.INTERNAL, "The edge could not renew now."));
        }
      }
    }
  }

  private void refuseRenewal(Problem problem) {
    control.send(new ControlMessage.RenewalRefused(problem.reason().code(), problem.text()));
  }

  private void onDrain() {
    draining = true;
    accepting = false;
    changed();
  }

  private void onRefused(Refused refused) {
    log.atWarn()
        .addKeyValue("event", "link_refused_by_agent")
        .addKeyValue("link", id)
        .addKeyValue("reason", refused.reason())
        .log("the agent refused the link");
    close(Reason.AGENT_REFUSED);
  }

  @Override
  public void onViolation() {
    refuse(new Problem(Reason.LINK_PROTOCOL_VIOLATION, "The agent broke the link protocol."));
  }

  @Override
  public void onClosed() {
    close(Reason.LINK_FAILED);
  }

  private void tick() {
    long now = owner.nanoTime().getAsLong();
    switch (keepAlive.onTick(now)) {
      case KeepAlive.Verdict.Wait wait -> {}
      case KeepAlive.Verdict.Send(long echo) -> control.send(new Echo(echo));
      case KeepAlive.Verdict.Dead dead -> {
        log.atWarn()
            .addKeyValue("event", "link_silent")
            .addKeyValue("link", id)
            .log("nothing comes from the agent any more; the link is closed");
        close(Reason.LINK_FAILED);
        return;
      }
    }
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
    cancel(ticks);
    cancel(helloDeadline);
    owner.remove(this);
    Reason reason = closing != null ? closing : draining ? Reason.SHUTTING_DOWN : found;
    for (EdgeCall call : List.copyOf(calls)) {
      call.linkLost(reason);
    }
    if (up) {
      log.atInfo()
          .addKeyValue("event", "link_down")
          .addKeyValue("link", id)
          .addKeyValue("reason", reason)
          .log("link down");
      owner.listener().onDown(this, reason);
    }
  }

  private static void cancel(@Nullable ScheduledFuture<?> task) {
    if (task != null) {
      task.cancel(false);
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
      for (EdgeCall call : List.copyOf(calls)) {
        call.linkLost(problem.reason());
      }
      // Closing with unread bytes would reset the connection and lose the message.
      channel.eventLoop().schedule(() -> channel.close(), 500, TimeUnit.MILLISECONDS);
    });
  }

  void send(ControlMessage message) {
    onLoop(() -> {
      if (welcomed) {
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
      accepting = false;
      channel.close();
    });
  }

  // What calls need of their link, on its loop.

  Channel channel() {
    return channel;
  }

  LinkSettings settings() {
    return owner.settings();
  }

  boolean windowIsFull(int streamId) {
    return frames != null && frames.windowIsFull(streamId);
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
