package dev.doorward.agent.fake;

import dev.doorward.common.identity.AgentId;
import dev.doorward.common.identity.Fingerprint;
import dev.doorward.common.identity.Invite;
import dev.doorward.common.identity.Secret;
import dev.doorward.common.identity.ServiceName;
import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Problem;
import dev.doorward.common.outcome.Reason;
import dev.doorward.config.value.HostPort;
import dev.doorward.transport.link.EdgeLink;
import dev.doorward.transport.link.EdgeLinkAcceptor;
import dev.doorward.transport.link.EdgeLinkListener;
import dev.doorward.transport.link.EnrolHandler;
import dev.doorward.transport.link.LinkGate;
import dev.doorward.transport.link.LinkSettings;
import dev.doorward.transport.link.control.EnrolReply;
import dev.doorward.transport.link.control.EnrolRequest;
import dev.doorward.transport.link.control.RenewRequest;
import dev.doorward.transport.loop.EventLoops;
import dev.doorward.transport.tls.LinkTls;
import dev.doorward.transport.tls.LiveContexts;
import dev.doorward.transport.tls.ServerTlsHandler;
import dev.doorward.transport.tls.TlsContexts;
import dev.doorward.transport.tls.TlsIdentity;
import dev.doorward.transport.tls.TlsPeer;
import dev.doorward.transport.tls.TlsProvider;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.net.InetSocketAddress;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** An edge with one agent on its table, without a public side. */
public final class FakeEdge implements AutoCloseable, LinkGate, EdgeLinkListener {
  /** The agent that the invite is for. */
  public static final AgentId AGENT = new AgentId("nas");

  private static final String SECRET = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFG";

  public final FakeAuthority authority;
  public final BlockingQueue<EdgeLink> ups = new LinkedBlockingQueue<>();
  public final BlockingQueue<Reason> downs = new LinkedBlockingQueue<>();
  public final BlockingQueue<Channel> channels = new LinkedBlockingQueue<>();
  public final BlockingQueue<String> health = new LinkedBlockingQueue<>();
  public final AtomicInteger renewals = new AtomicInteger();
  public final BlockingQueue<RenewRequest> revivals = new LinkedBlockingQueue<>();
  public volatile String statement;
  public volatile String issuer = FakeAuthority.ISSUER.value();
  public volatile @Nullable Problem refusal;
  public volatile @Nullable Problem enrolRefusal;
  public volatile Set<ServiceName> allowed = Set.of(new ServiceName("notes"));
  public volatile Duration life = Duration.ofDays(7);
  public volatile UnaryOperator<List<X509Certificate>> tamper = UnaryOperator.identity();
  public volatile AgentId enrolled = AGENT;
  public volatile Duration age = Duration.ofMinutes(1);

  private final EventLoops loops = EventLoops.start("fake-edge", 1);
  private final ExecutorService executor = Executors.newVirtualThreadPerTaskExecutor();
  private final EdgeLinkAcceptor acceptor;
  private final AtomicBoolean used = new AtomicBoolean();
  private final LiveContexts contexts;
  private final Channel server;
  private final String host;

  /** An edge on a free port. */
  public FakeEdge() throws Exception {
    this(new FakeAuthority(), 0);
  }

  /** An edge of an authority on a port; 0 is any. */
  public FakeEdge(FakeAuthority authority, int port) throws Exception {
    this(authority, "127.0.0.1", port, Duration.ofMinutes(-1));
  }

  /** An edge on an address, whose certificate begins so long from now. */
  public FakeEdge(FakeAuthority authority, String host, int port, Duration begins)
      throws Exception {
    this.host = host;
    this.authority = authority;
    statement = authority.statement(1);
    acceptor = new EdgeLinkAcceptor(this, this, LinkSettings.defaults(), "test", System::nanoTime);
    contexts = contexts(begins);
    server =
        new ServerBootstrap()
            .group(loops.group())
            .channel(loops.serverChannel())
            .childHandler(
                new ChannelInitializer<Channel>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    channel
                        .pipeline()
                        .addLast(
                            new ServerTlsHandler(
                                contexts, FakeEdge.this::onPeer, Duration.ofSeconds(10)));
                  }
                })
            .bind(host, port)
            .sync()
            .channel();
  }

  /** An edge whose connections negotiate no protocol. */
  public static FakeEdge withoutProtocols(FakeAuthority authority, int port) throws Exception {
    FakeEdge edge = new FakeEdge(authority, port);
    TlsIdentity identity = authority.server(LinkTls.SERVER_NAME);
    SslContext mute =
        SslContextBuilder.forServer(identity.key(), identity.chain())
            .sslProvider(SslProvider.OPENSSL)
            .trustManager(authority.root())
            .clientAuth(ClientAuth.OPTIONAL)
            .build();
    edge.contexts.swap(new LiveContexts.Snapshot(mute, Set.of(), mute, mute));
    return edge;
  }

  private LiveContexts contexts(Duration begins) throws SSLException {
    TlsContexts contexts = new TlsContexts(TlsProvider.best());
    TlsIdentity identity =
        authority.server(
            LinkTls.SERVER_NAME,
            Instant.now().plus(begins),
            Instant.now().plus(Duration.ofDays(1)));
    return new LiveContexts(
        new LiveContexts.Snapshot(
            contexts.publicServer(authority.server("localhost")),
            Set.of(),
            contexts.linkServer(identity, authority.root()),
            contexts.enrolServer(identity)));
  }

  private void onPeer(Channel channel, TlsPeer peer) {
    switch (peer) {
      case TlsPeer.Public client -> channel.close();
      case TlsPeer.Enrol enrol -> EnrolHandler.install(channel, new Granting(), executor);
      case TlsPeer.Link link -> {
        channels.add(channel);
        acceptor.accept(channel, link);
      }
    }
  }

  private final class Granting implements EnrolHandler.Grantor {
    @Override
    public Outcome<EnrolReply> enrol(EnrolRequest request, InetSocketAddress remote) {
      return FakeEdge.this.enrol(request);
    }

    @Override
    public Outcome<EnrolReply> renew(RenewRequest request, InetSocketAddress remote) {
      revivals.add(request);
      Problem no = enrolRefusal;
      return no == null
          ? Outcome.ok(
              new EnrolReply(
                  request.agent(), ders(chain(request.csr())), allowed, issuer, statement))
          : Outcome.failed(no);
    }
  }

  private Outcome<EnrolReply> enrol(EnrolRequest request) {
    if (enrolRefusal != null) {
      return Outcome.failed(enrolRefusal);
    }
    if (!request.secret().matches(SECRET) || !used.compareAndSet(false, true)) {
      return Outcome.failed(
          Reason.INVITE_USED, "This invite was used already; make a new one for the same name.");
    }
    return Outcome.ok(
        new EnrolReply(enrolled, ders(chain(request.csr())), allowed, issuer, statement));
  }

  private List<X509Certificate> chain(byte[] csr) {
    Instant now = Instant.now();
    return tamper.apply(authority.agent(AGENT, csr, now.minus(age), now.plus(life)));
  }

  private static List<byte[]> ders(List<X509Certificate> chain) {
    return chain.stream()
        .map(certificate -> {
          try {
            return certificate.getEncoded();
          } catch (CertificateEncodingException e) {
            throw new AssertionError(e);
          }
        })
        .toList();
  }

  /** The invite of this edge; good once. */
  public Invite invite() {
    return new Invite(
        new HostPort(host, port()).toString(), "invite-1", new Secret(SECRET), authority.pin());
  }

  /** The port. */
  public int port() {
    return ((InetSocketAddress) server.localAddress()).getPort();
  }

  /** Waits for the next link that takes calls. */
  public EdgeLink awaitLink() throws InterruptedException {
    EdgeLink link = ups.poll(20, TimeUnit.SECONDS);
    if (link == null) {
      throw new AssertionError("no link came up");
    }
    return link;
  }

  /** What the edge's operator would do. */
  public EdgeLinkAcceptor acceptor() {
    return acceptor;
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
    return new Terms(new dev.doorward.common.identity.Issuer(issuer), statement);
  }

  @Override
  public CompletionStage<Outcome<List<X509Certificate>>> renew(
      AgentId agent, Fingerprint key, byte[] csr) {
    renewals.incrementAndGet();
    return CompletableFuture.completedFuture(Outcome.ok(chain(csr)));
  }

  @Override
  public void onUp(EdgeLink link) {
    ups.add(link);
  }

  @Override
  public void onChange(EdgeLink link) {}

  @Override
  public void onHealth(EdgeLink link, ServiceName service, boolean up) {
    health.add(service + "=" + up);
  }

  @Override
  public void onDown(EdgeLink link, Reason reason) {
    downs.add(reason);
  }

  @Override
  public void close() {
    server.close().awaitUninterruptibly();
    loops.close();
    executor.close();
  }
}
