package dev.doorward.transport.link;

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
import io.netty.channel.Channel;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2StreamChannelBootstrap;
import io.netty.util.concurrent.ScheduledFuture;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What the edge and an agent say to each other on one link's control stream; on its loop. */
final class EdgeControl implements ControlStream.Owner<FromAgent> {
  private static final Logger log = LoggerFactory.getLogger(EdgeControl.class);

  private final EdgeLinkSession link;
  private final EdgeLinkAcceptor owner;
  private final ControlStream<FromAgent> stream;
  private @Nullable ScheduledFuture<?> helloDeadline;
  private boolean welcomed;
  private boolean renewing;

  EdgeControl(EdgeLinkSession link, EdgeLinkAcceptor owner) {
    this.link = link;
    this.owner = owner;
    this.stream = new ControlStream<>(ControlCodec::fromAgent, this, owner.nanoTime());
  }

  /** Opens the stream and says hello, or why the agent may have no link. */
  void open() {
    helloDeadline =
        link.eventLoop()
            .schedule(
                () -> link.close(Reason.LINK_PROTOCOL_VIOLATION),
                owner.settings().hello().toMillis(),
                TimeUnit.MILLISECONDS);
    new Http2StreamChannelBootstrap(link.channel())
        .handler(stream)
        .open()
        .addListener(opened -> {
          if (opened.isSuccess()) {
            sayHello((Channel) opened.getNow());
          } else {
            link.close(Reason.LINK_FAILED);
          }
        });
  }

  private void sayHello(Channel opened) {
    Http2Headers head =
        new DefaultHttp2Headers().method("POST").scheme("https").authority("control").path("/v1");
    opened.write(new DefaultHttp2HeadersFrame(head, false));
    LinkGate gate = owner.gate();
    gate.refusal(link.agent(), link.key())
        .ifPresentOrElse(
            link::refuse,
            () -> {
              LinkGate.Terms terms = gate.terms();
              stream.send(
                  new ControlMessage.EdgeHello(
                      Versions.OURS, owner.software(), terms.issuer().value(), terms.keys()));
            });
  }

  /** Whether hello and welcome are behind us. */
  boolean isWelcomed() {
    return welcomed;
  }

  void send(ControlMessage message) {
    stream.send(message);
  }

  /** The link has ended. */
  void stop() {
    if (helloDeadline != null) {
      helloDeadline.cancel(false);
    }
  }

  @Override
  public boolean onHead(Http2Headers headers, boolean end) {
    return !end && "200".contentEquals(headers.status());
  }

  @Override
  public void onMessage(FromAgent message) {
    if (link.isDown()) {
      return;
    }
    if (!welcomed && !(message instanceof AgentHello) && !(message instanceof Refused)) {
      onViolation();
      return;
    }
    switch (message) {
      case AgentHello hello -> onHello(hello);
      case Services changed -> stream.send(new ControlMessage.Granted(link.offer(changed)));
      case Health health -> link.onHealth(health.service(), health.up());
      case Renew renew -> onRenew(renew);
      case Echo echo -> stream.send(new Echoed(echo.id()));
      case Echoed echoed -> link.onEchoed(echoed.id());
      case Drain drain -> link.onDrain();
      case Refused refused -> onRefused(refused);
    }
  }

  private void onHello(AgentHello hello) {
    OptionalInt version = Versions.OURS.common(hello.versions());
    if (welcomed || version.isEmpty()) {
      link.refuse(
          welcomed
              ? new Problem(Reason.LINK_PROTOCOL_VIOLATION, "A link says hello once.")
              : new Problem(
                  Reason.LINK_VERSION_UNSUPPORTED,
                  "The edge and this agent have no version of the link in common; update the older"
                      + " one."));
      return;
    }
    welcomed = true;
    stop();
    link.welcome(hello, version.getAsInt());
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
        .renew(link.agent(), link.key(), csr)
        .whenComplete((outcome, failure) -> link.eventLoop().execute(() -> renewed(outcome)));
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
          stream.send(new ControlMessage.Renewed(ders));
        } catch (CertificateEncodingException e) {
          refuseRenewal(new Problem(Reason.INTERNAL, "The edge could not renew now."));
        }
      }
    }
  }

  private void refuseRenewal(Problem problem) {
    stream.send(new ControlMessage.RenewalRefused(problem.reason().code(), problem.text()));
  }

  private void onRefused(Refused refused) {
    log.atWarn()
        .addKeyValue("event", "link_refused_by_agent")
        .addKeyValue("link", link.id())
        .addKeyValue("reason", refused.reason())
        .log("the agent refused the link");
    link.close(Reason.AGENT_REFUSED);
  }

  @Override
  public void onViolation() {
    link.refuse(new Problem(Reason.LINK_PROTOCOL_VIOLATION, "The agent broke the link protocol."));
  }

  @Override
  public void onClosed() {
    link.close(Reason.LINK_FAILED);
  }
}
