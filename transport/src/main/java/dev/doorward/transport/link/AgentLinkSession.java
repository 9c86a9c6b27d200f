package dev.doorward.transport.link;

import dev.doorward.common.identity.ServiceName;
import dev.doorward.common.outcome.Problem;
import dev.doorward.common.outcome.Reason;
import dev.doorward.transport.link.control.ControlCodec;
import dev.doorward.transport.link.control.ControlMessage;
import dev.doorward.transport.link.control.ControlMessage.Drain;
import dev.doorward.transport.link.control.ControlMessage.Echo;
import dev.doorward.transport.link.control.ControlMessage.Echoed;
import dev.doorward.transport.link.control.ControlMessage.EdgeHello;
import dev.doorward.transport.link.control.ControlMessage.FromEdge;
import dev.doorward.transport.link.control.ControlMessage.Granted;
import dev.doorward.transport.link.control.ControlMessage.Keys;
import dev.doorward.transport.link.control.ControlMessage.Refused;
import dev.doorward.transport.link.control.ControlMessage.RenewalRefused;
import dev.doorward.transport.link.control.ControlMessage.Renewed;
import dev.doorward.transport.link.control.ControlMessage.Welcome;
import dev.doorward.transport.link.control.Reasons;
import dev.doorward.transport.link.control.Versions;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http2.DefaultHttp2GoAwayFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.concurrent.ScheduledFuture;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One link at the agent: its control stream, its keep-alive and its calls. Everything belongs to
 * the link's loop; the public methods may be called from any thread.
 */
public final class AgentLinkSession implements ControlStream.Owner<FromEdge> {
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
  private final Self self;
  private final LinkSettings settings;
  private final AgentCallHandler handler;
  private final AgentLinkListener listener;
  private final LongSupplier nanoTime;
  private final KeepAlive keepAlive;
  private final ControlStream<FromEdge> control;
  private final Set<AgentStream> calls = Collections.newSetFromMap(new IdentityHashMap<>());

  private @Nullable LinkFrames frames;
  private @Nullable Channel controlChannel;
  private @Nullable ScheduledFuture<?> ticks;
  private @Nullable ScheduledFuture<?> helloDeadline;
  private @Nullable Problem problem;
  private boolean helloSeen;
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
    this.self = self;
    this.settings = settings;
    this.handler = handler;
    this.listener = listener;
    this.nanoTime = nanoTime;
    this.keepAlive = new KeepAlive(settings, nanoTime.getAsLong());
    this.control = new ControlStream<>(ControlCodec::fromEdge, this, nanoTime);
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
    LinkTraffic traffic = new LinkTraffic(nanoTime, link.keepAlive::onRead);
    link.frames = LinkFrames.agent(channel, traffic, link.new Streams(), settings.calls());
    channel.pipeline().addLast("end", new LinkEnd(nanoTime, link::onEnd));
    link.helloDeadline =
        channel
            .eventLoop()
            .schedule(
                () -> link.close(new Problem(Reason.LINK_FAILED, "The edge did not say hello.")),
                settings.hello().toMillis(),
                TimeUnit.MILLISECONDS);
    return link;
  }

  /** The first stream is the control stream, all others are calls. */
  @ChannelHandler.Sharable
  private final class Streams extends ChannelInitializer<Channel> {
    @Override
    protected void initChannel(Channel stream) {
      if (controlChannel == null) {
        controlChannel = stream;
        stream.pipeline().addLast(control);
      } else {
        stream.pipeline().addLast(new AgentStream(AgentLinkSession.this, stream));
      }
    }
  }

  @Override
  public boolean onHead(Http2Headers headers, boolean end) {
    boolean right =
        !end
            && "POST".contentEquals(text(headers.method()))
            && "https".contentEquals(text(headers.scheme()))
            && "control".contentEquals(text(headers.authority()))
            && "/v1".contentEquals(text(headers.path()));
    if (right && controlChannel != null) {
      controlChannel.writeAndFlush(
          new DefaultHttp2HeadersFrame(new DefaultHttp2Headers().status("200"), false));
    }
    return right;
  }

  private static CharSequence text(@Nullable CharSequence value) {
    return value == null ? "" : value;
  }

  @Override
  public void onMessage(FromEdge message) {
    boolean early = message instanceof EdgeHello || message instanceof Refused;
    if (!up && !early && !(message instanceof Welcome)) {
      onViolation();
      return;
    }
    switch (message) {
      case EdgeHello hello -> onHello(hello);
      case Welcome welcome -> onWelcome(welcome);
      case Granted granted -> listener.onGranted(granted.services());
      case Keys keys -> listener.onKeys(keys.keys());
      case Renewed renewed -> onRenewed(renewed);
      case RenewalRefused refused ->
          listener.onRenewalRefused(problemOf(refused.reason(), refused.text()));
      case Echo echo -> control.send(new Echoed(echo.id()));
      case Echoed echoed -> onEchoed(echoed);
      case Drain drain -> onDrain();
      case Refused refused -> close(problemOf(refused.reason(), refused.text()));
    }
  }

  private static Problem problemOf(String code, String text) {
    String plain = text.replaceAll("\\p{Cntrl}", " ");
    return new Problem(Reasons.find(code).orElse(Reason.LINK_FAILED), plain);
  }

  private void onHello(EdgeHello hello) {
    if (helloSeen) {
      onViolation();
      return;
    }
    helloSeen = true;
    if (Versions.OURS.common(hello.versions()).isEmpty()) {
      refuse(
          new Problem(
              Reason.LINK_VERSION_UNSUPPORTED,
              "The edge and this agent have no version of the link in common; update the older"
                  + " one."));
      return;
    }
    listener
        .onHello(hello.issuer(), hello.keys())
        .exceptionally(failure ->
            Optional.of(new Problem(Reason.INTERNAL, "The agent could not check the edge's keys.")))
        .thenAccept(refusal -> onLoop(() -> afterHello(refusal)));
  }

  private void afterHello(Optional<Problem> refusal) {
    if (down) {
      return;
    }
    if (refusal.isPresent()) {
      refuse(refusal.get());
    } else {
      control.send(
          new ControlMessage.AgentHello(
              Versions.OURS, self.software(), self.instance(), self.index(), self.services()));
    }
  }

  private void onWelcome(Welcome welcome) {
    if (up || !helloSeen) {
      onViolation();
      return;
    }
    up = true;
    cancel(helloDeadline);
    long every = settings.tick().toMillis();
    ticks =
        channel.eventLoop().scheduleAtFixedRate(this::tick, every, every, TimeUnit.MILLISECONDS);
    listener.onUp(this, welcome.link(), welcome.services());
  }

  private void onRenewed(Renewed renewed) {
    List<byte[]> chain = new ArrayList<>();
    try {
      for (String der : renewed.chain()) {
        chain.add(Base64.getDecoder().decode(der));
      }
    } catch (IllegalArgumentException e) {
      onViolation();
      return;
    }
    listener.onRenewed(chain);
  }

  private void onEchoed(Echoed echoed) {
    if (keepAlive.onEchoed(echoed.id(), nanoTime.getAsLong())) {
      rttMicros = TimeUnit.NANOSECONDS.toMicros(keepAlive.rttNanos());
    }
    if (echoed.id() == drainEcho) {
      drainHeard = true;
      closeWhenIdle();
    }
  }

  private void onDrain() {
    if (!draining) {
      listener.onDrain(this);
    }
  }

  @Override
  public void onViolation() {
    refuse(new Problem(Reason.LINK_PROTOCOL_VIOLATION, "The edge broke the link protocol."));
  }

  @Override
  public void onClosed() {
    close(new Problem(Reason.LINK_FAILED, "The edge ended the link."));
  }

  private void tick() {
    long now = nanoTime.getAsLong();
    switch (keepAlive.onTick(now)) {
      case KeepAlive.Verdict.Wait wait -> {}
      case KeepAlive.Verdict.Send(long id) -> control.send(new Echo(id));
      case KeepAlive.Verdict.Dead dead -> {
        close(new Problem(Reason.LINK_FAILED, "Nothing comes from the edge any more."));
        return;
      }
    }
    for (AgentStream call : List.copyOf(calls)) {
      call.sweep(now);
    }
  }

  private void onEnd(Reason found) {
    if (down) {
      return;
    }
    down = true;
    cancel(ticks);
    cancel(helloDeadline);
    for (AgentStream call : List.copyOf(calls)) {
      call.cancelled();
    }
    listener.onDown(
        problem == null ? new Problem(found, "The connection to the edge was lost.") : problem);
  }

  private static void cancel(@Nullable ScheduledFuture<?> task) {
    if (task != null) {
      task.cancel(false);
    }
  }

  private void refuse(Problem why) {
    if (problem == null) {
      problem = why;
      control.send(new Refused(why.reason().code(), why.text()));
      channel.eventLoop().schedule(() -> channel.close(), 500, TimeUnit.MILLISECONDS);
    }
  }

  private void onLoop(Runnable task) {
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

  AgentCallHandler handler() {
    return handler;
  }

  LinkSettings settings() {
    return settings;
  }

  boolean windowIsFull(int streamId) {
    return frames != null && frames.windowIsFull(streamId);
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
