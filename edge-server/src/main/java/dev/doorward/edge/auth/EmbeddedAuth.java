package dev.doorward.edge.auth;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.doorward.auth.AuthServer;
import dev.doorward.auth.ca.CertificateAuthority;
import dev.doorward.auth.ca.StoredAuthority;
import dev.doorward.auth.edges.Edges;
import dev.doorward.auth.engine.AuthSettings;
import dev.doorward.auth.engine.ClientRules;
import dev.doorward.auth.engine.Scopes;
import dev.doorward.auth.enrol.AgentTable;
import dev.doorward.auth.enrol.Enrolment;
import dev.doorward.auth.enrol.StoredEnrolment;
import dev.doorward.auth.enterprise.KeySource;
import dev.doorward.auth.fetch.FetchLimits;
import dev.doorward.auth.fetch.GuardedFetch;
import dev.doorward.auth.personal.PersonalTokens;
import dev.doorward.auth.port.Answers;
import dev.doorward.auth.port.Feed;
import dev.doorward.auth.store.Database;
import dev.doorward.auth.store.Lives;
import dev.doorward.auth.store.Sealer;
import dev.doorward.auth.store.SteadyClock;
import dev.doorward.auth.token.KeySchedule;
import dev.doorward.auth.token.TokenKeys;
import dev.doorward.auth.upstream.BoundedWeb;
import dev.doorward.auth.wire.FeedLine;
import dev.doorward.common.audit.AuditSink;
import dev.doorward.common.identity.Issuer;
import dev.doorward.common.identity.Resource;
import dev.doorward.common.identity.ServiceName;
import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Reason;
import dev.doorward.common.token.DpopGate;
import dev.doorward.common.token.DpopNonces;
import dev.doorward.common.token.DpopProof;
import dev.doorward.common.token.SeenProofs;
import dev.doorward.common.token.TokenCheck;
import dev.doorward.common.token.TokenVerifier;
import dev.doorward.config.data.PrivateFile;
import dev.doorward.config.edge.AuthPart;
import dev.doorward.config.edge.EnterpriseConfig;
import dev.doorward.config.edge.TokensConfig;
import dev.doorward.edge.admin.AgentsDesk;
import dev.doorward.edge.admin.Kept;
import dev.doorward.edge.call.TokenStep;
import dev.doorward.edge.link.AllowTable;
import dev.doorward.edge.pipeline.Endpoint;
import dev.doorward.policy.authn.RevokedTokens;
import dev.doorward.policy.authz.AccessRules;
import dev.doorward.policy.authz.ScopeRule;
import dev.doorward.transport.link.EnrolHandler;
import dev.doorward.transport.link.LinkGate;
import dev.doorward.transport.tls.AuthTls;
import dev.doorward.transport.tls.LinkTls;
import dev.doorward.transport.tls.TlsIdentity;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The authorization server inside the edge: its database, its keys, its internal CA, and what the
 * other parts of the edge may ask of them.
 */
public final class EmbeddedAuth implements AuthBridge {
  private static final Logger LOG = LoggerFactory.getLogger(EmbeddedAuth.class);
  private static final Duration SERVER_CERTIFICATE = Duration.ofDays(90);
  private static final int SEAL_KEY = 32;
  private static final int MOST_RESOURCES = 1024;

  private final Issuer issuer;
  private final Database database;
  private final CertificateAuthority authority;
  private final TokenKeys keys;
  private final AgentTable agents;
  private final Enrolment enrolment;
  private final AuthServer server;
  private final BoundedWeb web;
  private final byte[] sealKey;
  private final SteadyClock clock;
  private final DpopGate proofs;
  private final List<ScopeRule> rules;
  private final TokenVerifier verifier = new TokenVerifier(new BouncyCastleProvider());

  private EmbeddedAuth(
      AuthPart config,
      Path dataDir,
      Database database,
      Sealer sealer,
      CertificateAuthority authority,
      TokenKeys keys,
      byte[] sealKey,
      AuditSink audit,
      SteadyClock clock,
      SecureRandom random) {
    this.issuer = config.publicUrl();
    this.database = database;
    this.authority = authority;
    this.keys = keys;
    this.sealKey = sealKey;
    this.clock = clock;
    this.proofs = proofs(random);
    this.rules = rules(config);
    this.agents = new AgentTable(database, audit, clock);
    this.enrolment =
        new StoredEnrolment(
            database,
            agents,
            authority,
            issuer,
            config.agents().renewalGrace(),
            audit,
            clock,
            random);
    var settings =
        new AuthSettings(
            issuer,
            dataDir,
            config.defaultService(),
            Lives.of(config),
            Scopes.of(config),
            new ClientRules(config.registration(), config.clientDocuments()),
            config.login(),
            config.tokens().personalPerPerson(),
            !config.enterprise().isEmpty());
    this.web = BoundedWeb.open();
    var fetch = GuardedFetch.overTheInternet(FetchLimits.of(config.clientDocuments()));
    this.server =
        AuthServer.open(
            settings,
            database,
            sealer,
            keys,
            agents,
            fetch,
            web,
            providers(config),
            audit,
            clock,
            random);
  }

  /** Opens everything in {@code dataDir}, which is locked by the caller. Blocks. */
  public static Outcome<EmbeddedAuth> open(
      AuthPart config, Path dataDir, AuditSink audit, InstantSource source, SecureRandom random) {
    Database database;
    SteadyClock clock;
    try {
      database = Database.open(dataDir);
      clock = SteadyClock.open(database, source, System::nanoTime);
    } catch (RuntimeException e) {
      LOG.atError()
          .addKeyValue("event", "store_failed")
          .addKeyValue("reason", Reason.STORE_FAILED)
          .setCause(e)
          .log("the database cannot be opened");
      return Outcome.failed(
          Reason.STORE_FAILED,
          dataDir.resolve("doorward.db")
              + " cannot be opened; check that it is whole and the disk is not full, or restore a"
              + " backup.");
    }
    Outcome<EmbeddedAuth> opened =
        Sealer.open(dataDir, random)
            .then(sealer ->
                StoredAuthority.open(database, sealer, clock, random)
                    .then(authority ->
                        TokenKeys.open(
                                database,
                                sealer,
                                authority,
                                config.publicUrl(),
                                schedule(config.tokens()),
                                audit,
                                clock,
                                random)
                            .then(keys ->
                                PrivateFile.read(dataDir.resolve("seal.key"), SEAL_KEY)
                                    .then(key ->
                                        Outcome.ok(
                                            new EmbeddedAuth(
                                                config, dataDir, database, sealer, authority, keys,
                                                key, audit, clock, random))))));
    if (opened instanceof Outcome.Failed<EmbeddedAuth>) {
      database.close();
    }
    return opened;
  }

  private static Map<String, Supplier<Optional<String>>> providers(AuthPart config) {
    return config.enterprise().values().stream()
        .collect(Collectors.toMap(EnterpriseConfig::issuer, KeySource::of, (first, _) -> first));
  }

  /** The scopes of a configuration as the policy knows them. */
  static List<ScopeRule> rules(AuthPart config) {
    return config.scopes().entrySet().stream()
        .map(e -> new ScopeRule(e.getKey().value(), e.getValue().service(), e.getValue().tools()))
        .sorted(Comparator.comparing(ScopeRule::scope))
        .toList();
  }

  private static KeySchedule schedule(TokensConfig tokens) {
    return new KeySchedule(
        tokens.keyLife(), tokens.keyAhead(), tokens.accessLife().plus(Duration.ofMinutes(2)));
  }

  @Override
  public Endpoint endpoint(Executor executor) {
    return new AuthEndpoint(server::handle, executor);
  }

  @Override
  public AllowTable allowTable(Executor executor) {
    return new DirectoryTable(agents, executor);
  }

  @Override
  public LinkGate linkGate(Executor executor) {
    return new EdgeLinkGate(issuer, agents, enrolment, keys::keyStatement, executor);
  }

  @Override
  public EnrolHandler.Grantor grantor() {
    return new EnrolmentGrantor(issuer, enrolment, keys::keyStatement);
  }

  @Override
  public TokenStep.Verification verification() {
    return (token, audience, clock) ->
        PersonalTokens.isOne(token)
            ? exchanged(token, audience)
            : new TokenStep.Worth(
                verifier.check(token, keys.keys(), audience, clock.instant()), Optional.empty());
  }

  private TokenStep.Worth exchanged(String token, Resource audience) {
    return switch (server.personalTokens().exchange(token, audience)) {
      case PersonalTokens.Exchange.Done(var made) ->
          new TokenStep.Worth(new TokenCheck.Verified(made.token()), Optional.of(made.jwt()));
      case PersonalTokens.Exchange.Refused(Reason reason) ->
          new TokenStep.Worth(new TokenCheck.Rejected(reason), Optional.empty());
    };
  }

  @Override
  public DpopGate proofs() {
    return proofs;
  }

  /** A gate with nonces of its own. */
  public static DpopGate proofs(SecureRandom random) {
    byte[] key = new byte[32];
    random.nextBytes(key);
    return new DpopGate(
        new DpopProof.Verifier(new BouncyCastleProvider()),
        Optional.of(new DpopNonces(key)),
        SeenProofs.standard());
  }

  @Override
  public RevokedTokens revoked() {
    return server.revocations()::isRevoked;
  }

  @Override
  public AccessRules access() {
    Cache<Resource, Optional<ServiceName>> services =
        Caffeine.newBuilder().maximumSize(MOST_RESOURCES).build();
    return (token, service) ->
        services.get(token.audience(), issuer::serviceOf).filter(service::equals).isPresent()
            && !server.revocations().isRevoked(token);
  }

  @Override
  public void onRevocation(Runnable listener) {
    server.revocations().onChange(listener);
  }

  @Override
  public void onAgentsChanged(Runnable listener) {
    agents.onChange(listener);
  }

  @Override
  public void onKeysChanged(Runnable listener) {
    keys.onChange(listener);
  }

  /** The operator's side. */
  public OperatorDesk desk() {
    return new OperatorDesk(server.people(), agents, enrolment);
  }

  @Override
  public Optional<Kept> kept() {
    return Optional.of(
        new Kept(desk(), new ClientOperator(server.clients()), new TokenOperator(server, keys)));
  }

  @Override
  public AgentsDesk agentsDesk() {
    return desk();
  }

  @Override
  public String elsewhere() {
    return "";
  }

  @Override
  public List<ScopeRule> scopes() {
    return rules;
  }

  /** What edges read along, where this is a process of its own. */
  public Feed feed(FeedLine.Hello hello) {
    var feed = new Feed(hello, keys::keyStatement, agents, clock);
    server.revocations().follow(feed);
    agents.onChange(feed::agentsChanged);
    keys.onChange(feed::keysChanged);
    return feed;
  }

  /** What edges are answered, where this is a process of its own. */
  public Answers answers(Edges edges) {
    return new Answers(server, agents, enrolment, authority, edges);
  }

  /** The edges of other machines. Blocks. */
  public Edges edges(AuditSink audit, SecureRandom random) {
    return new Edges(database, authority, audit, clock, random);
  }

  /** A fresh certificate of the internal CA for the port of an auth-server of its own. */
  public TlsIdentity portIdentity() {
    return identity(List.of(AuthTls.SERVER_NAME));
  }

  @Override
  public X509Certificate root() {
    return authority.root();
  }

  @Override
  public TlsIdentity linkIdentity() {
    return identity(List.of(LinkTls.SERVER_NAME));
  }

  @Override
  public TlsIdentity publicIdentity() {
    return identity(List.of(issuer.host().replace("[", "").replace("]", "")));
  }

  private TlsIdentity identity(List<String> names) {
    CertificateAuthority.Identity identity = authority.server(names, SERVER_CERTIFICATE);
    return new TlsIdentity(identity.chain(), identity.key());
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
  public void maintain() {
    clock.keep();
    keys.maintain();
    // Providers take their time; keys do not wait for them.
    Thread.ofVirtual().name("membership").start(server::maintain);
  }

  @Override
  public void close() {
    server.close();
    web.close();
    database.close();
  }
}
