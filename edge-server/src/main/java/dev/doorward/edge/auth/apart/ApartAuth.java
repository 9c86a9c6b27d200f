package dev.doorward.edge.auth.apart;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.doorward.auth.engine.AuthCall;
import dev.doorward.auth.engine.AuthReply;
import dev.doorward.auth.enrol.AgentDirectory;
import dev.doorward.auth.enrol.Enrolment;
import dev.doorward.auth.personal.PersonalTokens;
import dev.doorward.auth.wire.Answer;
import dev.doorward.auth.wire.Ask;
import dev.doorward.common.identity.Issuer;
import dev.doorward.common.identity.Resource;
import dev.doorward.common.identity.ServiceName;
import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Problem;
import dev.doorward.common.outcome.Reason;
import dev.doorward.common.token.AccessToken;
import dev.doorward.common.token.DpopGate;
import dev.doorward.common.token.TokenCheck;
import dev.doorward.common.token.TokenVerifier;
import dev.doorward.config.data.PrivateFile;
import dev.doorward.config.edge.AuthServerConfig;
import dev.doorward.config.edge.EdgeConfig;
import dev.doorward.edge.admin.AgentsDesk;
import dev.doorward.edge.admin.Desk;
import dev.doorward.edge.admin.Kept;
import dev.doorward.edge.auth.AuthBridge;
import dev.doorward.edge.auth.AuthEndpoint;
import dev.doorward.edge.auth.DirectoryTable;
import dev.doorward.edge.auth.EdgeLinkGate;
import dev.doorward.edge.auth.EmbeddedAuth;
import dev.doorward.edge.auth.EnrolmentGrantor;
import dev.doorward.edge.auth.OperatorDesk;
import dev.doorward.edge.call.TokenStep;
import dev.doorward.edge.link.AllowTable;
import dev.doorward.edge.pipeline.Endpoint;
import dev.doorward.policy.authn.RevokedTokens;
import dev.doorward.policy.authz.AccessRules;
import dev.doorward.policy.authz.ScopeRule;
import dev.doorward.transport.link.EnrolHandler;
import dev.doorward.transport.link.LinkGate;
import dev.doorward.transport.loop.EventLoops;
import dev.doorward.transport.tls.TlsIdentity;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * An auth-server in a process of its own, seen from the edge. The edge keeps a copy of what its
 * feed says and asks for the rest; it has no key that signs a token or a certificate, and makes the
 * keys of its own connections itself.
 */
public final class ApartAuth implements AuthBridge {
  private static final Logger LOG = LoggerFactory.getLogger(ApartAuth.class);
  private static final String SEAL = "sessions.key";
  private static final int SEAL_KEY = 32;
  private static final int MOST_RESOURCES = 1024;
  private static final Duration LOOK = Duration.ofMillis(250);

  /** How long an edge that starts waits for its auth-server. */
  private static final Duration FIRST = Duration.ofSeconds(30);

  /** How long an answer waits for the copy to have what it is about. */
  private static final Duration SETTLED = Duration.ofSeconds(2);

  private final Issuer issuer;
  private final Place place;
  private final EventLoops loops;
  private final Optional<JoinedEdge> joined;
  private final AuthWire wire;
  private final Replica replica;
  private final FeedReader reader;
  private final HeardClock clock;
  private final byte[] sealKey;
  private final SecureRandom random;
  private final DpopGate proofs;
  private final AgentDirectory directory;
  private final Enrolment enrolment;
  private final TokenVerifier verifier = new TokenVerifier(new BouncyCastleProvider());
  private final Cache<Resource, Optional<ServiceName>> services =
      Caffeine.newBuilder().maximumSize(MOST_RESOURCES).build();
  private final List<Runnable> onRevocation = new CopyOnWriteArrayList<>();
  private final List<Runnable> onAgents = new CopyOnWriteArrayList<>();
  private final List<Runnable> onKeys = new CopyOnWriteArrayList<>();
  private volatile @Nullable TlsIdentity link;
  private volatile @Nullable TlsIdentity publicName;
  private boolean fresh = true;

  private ApartAuth(
      EdgeConfig config,
      Place place,
      Optional<JoinedEdge> joined,
      byte[] sealKey,
      InstantSource source,
      SecureRandom random,
      String version) {
    AuthServerConfig where = config.authServer();
    this.issuer = config.publicUrl();
    this.place = place;
    this.joined = joined;
    this.sealKey = sealKey;
    this.random = random;
    this.loops = EventLoops.start("auth", 1);
    this.clock = new HeardClock(source, System::nanoTime);
    this.wire = new AuthWire(place, loops, where.connections(), where.timeout(), System::nanoTime);
    this.replica =
        new Replica(
            issuer, joined.map(JoinedEdge::root), clock, where.feedBound(), System::nanoTime);
    this.reader = new FeedReader(place, loops, replica, version, this::changed);
    this.proofs = EmbeddedAuth.proofs(random);
    this.directory = new FeedDirectory(replica, wire);
    this.enrolment = new WireEnrolment(this::settled);
  }

  /**
   * Finds the auth-server and reads all of its feed. Blocks, for half a minute at most.
   *
   * @param dataDir the edge's own directory, locked by the caller
   */
  public static Outcome<ApartAuth> open(
      EdgeConfig config, Path dataDir, InstantSource source, SecureRandom random, String version) {
    return sealKey(dataDir, random)
        .then(key -> {
          Optional<Path> socket = config.authServer().socket();
          if (socket.isPresent()) {
            return Outcome.ok(
                new ApartAuth(
                    config,
                    new Place.Socket(socket.get()),
                    Optional.empty(),
                    key,
                    source,
                    random,
                    version));
          }
          return JoinedEdge.open(dataDir)
              .then(joined ->
                  Outcome.ok(
                      new ApartAuth(
                          config,
                          new Place.Remote(
                              config.authServer().address().orElseThrow(), joined::context),
                          Optional.of(joined),
                          key,
                          source,
                          random,
                          version)));
        })
        .then(ApartAuth::opened);
  }

  private static Outcome<byte[]> sealKey(Path dataDir, SecureRandom random) {
    Path file = dataDir.resolve(SEAL);
    if (!Files.exists(file)) {
      byte[] key = new byte[SEAL_KEY];
      random.nextBytes(key);
      try {
        PrivateFile.write(file, key);
      } catch (IOException e) {
        return Outcome.failed(Reason.STORE_FAILED, file + " cannot be written; check the disk.");
      }
    }
    return PrivateFile.read(file, SEAL_KEY);
  }

  private Outcome<ApartAuth> opened() {
    reader.start();
    try {
      long end = System.nanoTime() + FIRST.toNanos();
      while (!replica.awaitWhole(LOOK)) {
        String trouble = reader.trouble();
        if (!trouble.isEmpty() || System.nanoTime() > end) {
          close();
          return Outcome.failed(
              trouble.isEmpty()
                  ? AuthWire.problem(place)
                  : new Problem(
                      Reason.AUTH_SERVER_UNREACHABLE,
                      "The auth-server at " + place + " is of no use: " + trouble + "."));
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      close();
      return Outcome.failed(AuthWire.problem(place));
    }
    Outcome<ApartAuth> certified =
        certified(Ask.Purpose.LINK)
            .then(forLinks ->
                certified(Ask.Purpose.PUBLIC)
                    .then(forClients -> {
                      link = forLinks;
                      publicName = forClients;
                      return Outcome.ok(this);
                    }));
    if (certified instanceof Outcome.Ok<ApartAuth>) {
      loops
          .group()
          .scheduleWithFixedDelay(
              this::look, LOOK.toMillis(), LOOK.toMillis(), TimeUnit.MILLISECONDS);
    } else {
      close();
    }
    return certified;
  }

  private Outcome<TlsIdentity> certified(Ask.Purpose purpose) {
    OwnKey key = OwnKey.make(random);
    return wire.ask(new Ask.Certificate(purpose, key.request())).then(key::with);
  }

  /** What an ask brings about is in the copy when this returns, or the feed is late. */
  private Outcome<Answer> settled(Ask ask) {
    return wire.ask(ask)
        .then(answer -> {
          try {
            if (!replica.await(answer, SETTLED)) {
              LOG.atWarn()
                  .addKeyValue("event", "feed_late")
                  .addKeyValue("path", ask.at().target())
                  .log("an answer is given before the feed has caught up with it");
            }
          } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
          }
          return Outcome.ok(answer);
        });
  }

  private void changed(Replica.Changed changed) {
    boolean all = changed == Replica.Changed.EVERYTHING;
    if (all || changed == Replica.Changed.KEYS) {
      onKeys.forEach(Runnable::run);
    }
    if (all || changed == Replica.Changed.AGENTS) {
      onAgents.forEach(Runnable::run);
    }
    if (all || changed == Replica.Changed.RIGHTS) {
      onRevocation.forEach(Runnable::run);
    }
  }

  /** Cuts open streams where the feed has passed its bound: nothing else would. */
  private void look() {
    boolean now = replica.isFresh();
    if (fresh && !now) {
      LOG.atError()
          .addKeyValue("event", "auth_server_silent")
          .addKeyValue("reason", Reason.AUTH_SERVER_UNREACHABLE)
          .log("the feed has passed its bound; calls are refused until it is heard again");
      onRevocation.forEach(Runnable::run);
    }
    fresh = now;
  }

  @Override
  public Endpoint endpoint(Executor executor) {
    return new AuthEndpoint(this::relay, executor);
  }

  private AuthReply relay(AuthCall call) {
    Outcome<Answer> outcome =
        settled(
            new Ask.Call(
                call.method(),
                call.path(),
                call.query() == null ? List.of() : List.of(call.query()),
                Map.copyOf(call.headers()),
                call.body(),
                call.remote().getHostAddress()));
    return switch (outcome) {
      case Outcome.Ok<Answer>(Answer answer)
          when answer.told()
              instanceof Answer.Reply(int status, List<Answer.Header> headers, byte[] body) ->
          new AuthReply(
              status,
              headers.stream().map(h -> new AuthReply.Header(h.name(), h.value())).toList(),
              body);
      case Outcome.Ok<Answer> _ ->
          DownReply.of(call, new Problem(Reason.AUTH_SERVER_UNREACHABLE, "no reply"));
      case Outcome.Failed<Answer>(Problem problem) -> DownReply.of(call, problem);
    };
  }

  @Override
  public AllowTable allowTable(Executor executor) {
    return new DirectoryTable(directory, executor);
  }

  @Override
  public LinkGate linkGate(Executor executor) {
    return new EdgeLinkGate(issuer, directory, enrolment, replica::statement, executor);
  }

  @Override
  public EnrolHandler.Grantor grantor() {
    return new EnrolmentGrantor(issuer, enrolment, replica::statement);
  }

  @Override
  public TokenStep.Verification verification() {
    return new TokenStep.Verification() {
      @Override
      public TokenStep.Worth check(String token, Resource audience, InstantSource now) {
        return PersonalTokens.isOne(token)
            ? exchanged(token, audience)
            : new TokenStep.Worth(verified(token, audience), Optional.empty());
      }

      @Override
      public Optional<Reason> unable() {
        return replica.isFresh() ? Optional.empty() : Optional.of(Reason.AUTH_SERVER_UNREACHABLE);
      }

      @Override
      public boolean waits(String token) {
        return PersonalTokens.isOne(token);
      }
    };
  }

  private TokenCheck verified(String jwt, Resource audience) {
    return verifier.check(jwt, replica.keys(), audience, clock.instant());
  }

  private TokenStep.Worth exchanged(String token, Resource audience) {
    return switch (settled(new Ask.Exchange(token, audience.value()))) {
      case Outcome.Ok<Answer>(Answer answer)
          when answer.told() instanceof Answer.Token(String jwt) ->
          new TokenStep.Worth(verified(jwt, audience), Optional.of(jwt));
      case Outcome.Ok<Answer> _ -> rejected(Reason.INTERNAL);
      case Outcome.Failed<Answer>(Problem problem) -> rejected(problem.reason());
    };
  }

  private static TokenStep.Worth rejected(Reason reason) {
    return new TokenStep.Worth(new TokenCheck.Rejected(reason), Optional.empty());
  }

  @Override
  public DpopGate proofs() {
    return proofs;
  }

  @Override
  public RevokedTokens revoked() {
    return this::isRevoked;
  }

  private boolean isRevoked(AccessToken token) {
    return replica.isRevoked(token, services.get(token.audience(), issuer::serviceOf));
  }

  @Override
  public AccessRules access() {
    return (token, service) ->
        services.get(token.audience(), issuer::serviceOf).filter(service::equals).isPresent()
            && !isRevoked(token);
  }

  @Override
  public List<ScopeRule> scopes() {
    return replica.scopes();
  }

  @Override
  public void onRevocation(Runnable listener) {
    onRevocation.add(listener);
  }

  @Override
  public void onAgentsChanged(Runnable listener) {
    onAgents.add(listener);
  }

  @Override
  public void onKeysChanged(Runnable listener) {
    onKeys.add(listener);
  }

  @Override
  public X509Certificate root() {
    return replica.root();
  }

  @Override
  public TlsIdentity linkIdentity() {
    return there(link);
  }

  @Override
  public TlsIdentity publicIdentity() {
    return there(publicName);
  }

  private static TlsIdentity there(@Nullable TlsIdentity identity) {
    if (identity == null) {
      throw new IllegalStateException("open() has certified it");
    }
    return identity;
  }

  @Override
  public byte[] sealKey() {
    return sealKey.clone();
  }

  @Override
  public InstantSource clock() {
    return clock;
  }

  @Override
  public Optional<Kept> kept() {
    return Optional.empty();
  }

  @Override
  public AgentsDesk agentsDesk() {
    return new AgentsDesk() {
      @Override
      public List<Desk.AgentView> agents() {
        return directory.list().stream().map(OperatorDesk::view).toList();
      }

      @Override
      public List<String> services() {
        return OperatorDesk.sorted(directory.services());
      }
    };
  }

  @Override
  public String elsewhere() {
    return place instanceof Place.Socket ? replica.adminSocket() : "";
  }

  @Override
  public void maintain() {
    link = renewed(Ask.Purpose.LINK, linkIdentity());
    publicName = renewed(Ask.Purpose.PUBLIC, publicIdentity());
    joined.ifPresent(edge -> edge.renewWhereDue(wire::ask, clock.instant(), random));
  }

  /** A new one after a sixth of its life; the old one where there is none to be had. */
  private TlsIdentity renewed(Ask.Purpose purpose, TlsIdentity held) {
    X509Certificate leaf = held.chain().getFirst();
    Duration life =
        Duration.between(leaf.getNotBefore().toInstant(), leaf.getNotAfter().toInstant());
    if (leaf.getNotBefore().toInstant().plus(life.dividedBy(6)).isAfter(clock.instant())) {
      return held;
    }
    return switch (certified(purpose)) {
      case Outcome.Ok<TlsIdentity>(TlsIdentity fresher) -> fresher;
      case Outcome.Failed<TlsIdentity>(Problem problem) -> {
        LOG.atWarn()
            .addKeyValue("event", "certificate_not_renewed")
            .addKeyValue("reason", problem.reason())
            .log(problem.text());
        yield held;
      }
    };
  }

  @Override
  public void close() {
    reader.close();
    wire.close();
    loops.close();
  }
}
