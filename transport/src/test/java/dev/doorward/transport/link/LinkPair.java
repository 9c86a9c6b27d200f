package dev.doorward.transport.link;

import dev.doorward.common.identity.AgentId;
import dev.doorward.common.identity.Fingerprint;
import dev.doorward.common.identity.Issuer;
import dev.doorward.common.identity.ServiceName;
import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Problem;
import dev.doorward.common.outcome.Reason;
import dev.doorward.transport.TestCa;
import dev.doorward.transport.loop.EventLoops;
import dev.doorward.transport.tls.LinkTls;
import dev.doorward.transport.tls.LiveContexts;
import dev.doorward.transport.tls.ServerTlsHandler;
import dev.doorward.transport.tls.TlsContexts;
import dev.doorward.transport.tls.TlsIdentity;
import dev.doorward.transport.tls.TlsPeer;
import dev.doorward.transport.tls.TlsProvider;
import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslHandler;
import java.net.InetSocketAddress;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** An edge and an agent, joined by real sockets, real TLS and the real link. */
final class LinkPair implements AutoCloseable, LinkGate, EdgeLinkListener {
  static final ServiceName NOTES = new ServiceName("notes");
  static final Issuer ISSUER = new Issuer("https://edge.example");

  final TestCa ca = new TestCa();
  final EventLoops edgeLoops;
  final EventLoops agentLoops;
  final EdgeLinkAcceptor acceptor;
  final LinkSettings settings;
  final BlockingQueue<EdgeLink> ups = new LinkedBlockingQueue<>();
  final BlockingQueue<Reason> downs = new LinkedBlockingQueue<>();
  final BlockingQueue<EdgeLink> changes = new LinkedBlockingQueue<>();
  final BlockingQueue<Problem> agentDowns = new LinkedBlockingQueue<>();
  final BlockingQueue<AgentLinkSession> agentUps = new LinkedBlockingQueue<>();
  final BlockingQueue<AgentLinkSession> agentDrains = new LinkedBlockingQueue<>();
  final BlockingQueue<Object> agentNotes = new LinkedBlockingQueue<>();
  final Channel server;
  volatile @Nullable Problem refusal;
  volatile Optional<Problem> agentRefusal = Optional.empty();
  volatile Set<ServiceName> allowed = Set.of(NOTES);

  LinkPair(LinkSettings settings, int loops) throws Exception {
    this.settings = settings;
    edgeLoops = EventLoops.start("edge", loops);
    agentLoops = EventLoops.start("agent", 1);
    acceptor = new EdgeLinkAcceptor(this, this, settings, "test", System::nanoTime);
    TlsContexts contexts = new TlsContexts(TlsProvider.best());
    TlsIdentity identity = ca.server(LinkTls.SERVER_NAME);
    LiveContexts live =
        new LiveContexts(
            new LiveContexts.Snapshot(
                contexts.publicServer(ca.server("localhost")),
                Set.of(),
                contexts.linkServer(identity, ca.root()),
                contexts.enrolServer(identity)));
    server =
        new ServerBootstrap()
            .group(edgeLoops.group())
            .channel(edgeLoops.serverChannel())
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    channel
                        .pipeline()
                        .addLast(
                            new ServerTlsHandler(
                                live, LinkPair.this::onPeer, Duration.ofSeconds(10)));
                  }
                })
            .bind("127.0.0.1", 0)
            .sync()
            .channel();
  }

  private void onPeer(Channel channel, TlsPeer peer) {
    if (peer instanceof TlsPeer.Link link) {
      acceptor.accept(channel, link);
    } else {
      channel.close();
    }
  }

  int port() {
    return ((InetSocketAddress) server.localAddress()).getPort();
  }

  /** Dials one link to {@code port} and waits until the edge takes calls on it. */
  EdgeLink link(AgentCallHandler handler, int index, int port) throws Exception {
    dial(handler, index, port);
    EdgeLink link = ups.poll(10, TimeUnit.SECONDS);
    if (link == null) {
      throw new AssertionError("the link did not come up: " + agentDowns);
    }
    return link;
  }

  EdgeLink link(AgentCallHandler handler) throws Exception {
    return link(handler, 0, port());
  }

  Channel dial(AgentCallHandler handler, int index, int port) throws Exception {
    SslContext tls = new TlsContexts(TlsProvider.best()).linkClient(ca.agent("nas"), ca.root());
    return dial(tls, agentStart(handler, index), port);
  }

  ChannelInitializer<Channel> agentStart(AgentCallHandler handler, int index) {
    return new ChannelInitializer<Channel>() {
      @Override
      protected void initChannel(Channel channel) {
        AgentLinkSession.start(
            channel,
            new AgentLinkSession.Self("test", "instance-of-this-test", index, Set.of(NOTES)),
            settings,
            handler,
            new AgentSide(),
            System::nanoTime);
      }
    };
  }

  /** Dials, shakes hands, then adds {@code afterHandshake}. */
  Channel dial(SslContext tls, ChannelInitializer<Channel> afterHandshake, int port)
      throws Exception {
    return new Bootstrap()
        .group(agentLoops.group())
        .channel(agentLoops.clientChannel())
        .handler(
            new ChannelInitializer<Channel>() {
              @Override
              protected void initChannel(Channel channel) {
                SslHandler handler = tls.newHandler(channel.alloc(), LinkTls.SERVER_NAME, port);
                channel.pipeline().addLast(handler);
                handler
                    .handshakeFuture()
                    .addListener(done -> {
                      if (done.isSuccess()) {
                        channel.pipeline().addLast(afterHandshake);
                      } else {
                        channel.close();
                      }
                    });
              }
            })
        .connect("127.0.0.1", port)
        .sync()
        .channel();
  }

  private final class AgentSide implements AgentLinkListener {
    @Override
    public CompletionStage<Optional<Problem>> onHello(String issuer, String keys) {
      return CompletableFuture.completedFuture(agentRefusal);
    }

    @Override
    public void onUp(AgentLinkSession link, String name, Set<ServiceName> granted) {
      agentUps.add(link);
      agentNotes.add(granted);
    }

    @Override
    public void onGranted(Set<ServiceName> granted) {
      agentNotes.add(granted);
    }

    @Override
    public void onKeys(String keys) {
      agentNotes.add(keys);
    }

    @Override
    public void onRenewed(List<byte[]> chain) {
      agentNotes.add(chain);
    }

    @Override
    public void onRenewalRefused(Problem problem) {
      agentNotes.add(problem);
    }

    @Override
    public void onDrain(AgentLinkSession link) {
      agentDrains.add(link);
    }

    @Override
    public void onDown(Problem problem) {
      agentDowns.add(problem);
    }
  }

  @Override
  public Optional<Problem> refusal(AgentId agent, Fingerprint key) {
    return Optional.ofNullable(refusal);
  }

  @Override
  public Set<ServiceName> permitted(AgentId agent, Fingerprint key, Set<ServiceName> offered) {
    return offered.stream()
        .filter(allowed::contains)
        .collect(java.util.stream.Collectors.toUnmodifiableSet());
  }

  @Override
  public Terms terms() {
    return new Terms(ISSUER, "keys");
  }

  @Override
  public CompletionStage<Outcome<List<X509Certificate>>> renew(
      AgentId agent, Fingerprint key, byte[] csr) {
    return CompletableFuture.completedFuture(
        csr.length == 1
            ? Outcome.failed(Reason.CSR_REFUSED, "No.")
            : Outcome.ok(ca.agent("nas").chain()));
  }

  @Override
  public void onUp(EdgeLink link) {
    ups.add(link);
  }

  @Override
  public void onChange(EdgeLink link) {
    changes.add(link);
  }

  @Override
  public void onHealth(EdgeLink link, ServiceName service, boolean up) {
    agentNotes.add(service + "=" + up);
  }

  @Override
  public void onDown(EdgeLink link, Reason reason) {
    downs.add(reason);
  }

  @Override
  public void close() {
    server.close().awaitUninterruptibly();
    agentLoops.close();
    edgeLoops.close();
  }
}
