package dev.doorward.transport.link;

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
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** What an agent and the edge say to each other on one link's control stream; on its loop. */
final class AgentControl implements ControlStream.Owner<FromEdge> {
  private final AgentLinkSession link;
  private final AgentLinkSession.Self self;
  private final AgentLinkListener listener;
  private final ControlStream<FromEdge> stream;
  private @Nullable Channel channel;
  private @Nullable ScheduledFuture<?> helloDeadline;
  private boolean helloSeen;

  AgentControl(
      AgentLinkSession link,
      AgentLinkSession.Self self,
      AgentLinkListener listener,
      LongSupplier nanoTime) {
    this.link = link;
    this.self = self;
    this.listener = listener;
    this.stream = new ControlStream<>(ControlCodec::fromEdge, this, nanoTime);
  }

  /** The edge has some time to say hello and welcome. */
  void start(LinkSettings settings) {
    helloDeadline =
        link.eventLoop()
            .schedule(
                () -> link.close(new Problem(Reason.LINK_FAILED, "The edge did not say hello.")),
                settings.hello().toMillis(),
                TimeUnit.MILLISECONDS);
  }

  /** The link is up, or has ended. */
  void stop() {
    if (helloDeadline != null) {
      helloDeadline.cancel(false);
    }
  }

  /** Takes the first stream of the link, and tells whether this one was it. */
  boolean take(Channel opened) {
    if (channel != null) {
      return false;
    }
    channel = opened;
    opened.pipeline().addLast(stream);
    return true;
  }

  void send(ControlMessage message) {
    stream.send(message);
  }

  @Override
  public boolean onHead(Http2Headers headers, boolean end) {
    boolean right =
        !end
            && "POST".contentEquals(text(headers.method()))
            && "https".contentEquals(text(headers.scheme()))
            && "control".contentEquals(text(headers.authority()))
            && "/v1".contentEquals(text(headers.path()));
    if (right && channel != null) {
      channel.writeAndFlush(
          new DefaultHttp2HeadersFrame(new DefaultHttp2Headers().status("200"), false));
    }
    return right;
  }

  private static CharSequence text(@Nullable CharSequence value) {
    return value == null ? "" : value;
  }

  @Override
  public void onMessage(FromEdge message) {
    if (link.isDown()) {
      return;
    }
    boolean early = message instanceof EdgeHello || message instanceof Refused;
    if (!link.isUp() && !early && !(message instanceof Welcome)) {
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
      case Echo echo -> stream.send(new Echoed(echo.id()));
      case Echoed echoed -> link.onEchoed(echoed.id());
      case Drain drain -> link.onDrain();
      case Refused refused -> link.close(problemOf(refused.reason(), refused.text()));
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
      link.refuse(
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
        .thenAccept(refusal -> link.onLoop(() -> afterHello(refusal)));
  }

  private void afterHello(Optional<Problem> refusal) {
    if (link.isDown()) {
      return;
    }
    if (refusal.isPresent()) {
      link.refuse(refusal.get());
    } else {
      stream.send(
          new ControlMessage.AgentHello(
              Versions.OURS, self.software(), self.instance(), self.index(), self.services()));
    }
  }

  private void onWelcome(Welcome welcome) {
    if (link.isUp() || !helloSeen) {
      onViolation();
      return;
    }
    stop();
    link.welcomed();
    listener.onUp(link, welcome.link(), welcome.services());
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

  @Override
  public void onViolation() {
    link.refuse(new Problem(Reason.LINK_PROTOCOL_VIOLATION, "The edge broke the link protocol."));
  }

  @Override
  public void onClosed() {
    link.close(new Problem(Reason.LINK_FAILED, "The edge ended the link."));
  }
}
