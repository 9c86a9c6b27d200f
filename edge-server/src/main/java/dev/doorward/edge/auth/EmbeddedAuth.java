package dev.doorward.edge.auth;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.doorward.auth.AuthServer;
import dev.doorward.auth.ca.CertificateAuthority;
import dev.doorward.auth.ca.StoredAuthority;
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
import dev.doorward.auth.store.Database;
import dev.doorward.auth.store.Lives;
import dev.doorward.auth.store.Sealer;
import dev.doorward.auth.store.SteadyClock;
import dev.doorward.auth.token.KeySchedule;
import dev.doorward.auth.token.TokenKeys;
import dev.doorward.auth.upstream.BoundedWeb;
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
import dev.doorward.config.edge.EdgeConfig;
import dev.doorward.config.edge.EnterpriseConfig;
import dev.doorward.config.edge.TokensConfig;
import dev.doorward.edge.admin.ClientDesk;
import dev.doorward.edge.admin.TokenDesk;
import dev.doorward.edge.call.TokenStep;
import dev.doorward.edge.link.AllowTable;
import dev.doorward.edge.pipeline.Endpoint;
import dev.doorward.policy.authn.RevokedTokens;
import dev.doorward.policy.authz.AccessRules;
import dev.doorward.transport.link.EnrolHandler;
import dev.doorward.transport.link.LinkGate;
import dev.doorward.transport.tls.LinkTls;
import dev.doorward.transport.tls.TlsIdentity;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
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
public final class EmbeddedAuth implements AutoCloseable {
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
  private final TokenVerifier verifier = new TokenVerifier(new BouncyCastleProvider());

  private EmbeddedAuth(
      EdgeConfig config,
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
      EdgeConfig config, Path dataDir, AuditSink audit, InstantSource source, SecureRandom random) {
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

  private static Map<String, Supplier<Optional<String>>> providers(EdgeConfig config) {
    return config.enterprise().values().stream()
        .collect(Collectors.toMap(EnterpriseConfig::issuer, KeySource::of, (first, _) -> first));
  }

  private static KeySchedule schedule(TokensConfig tokens) {
    return new KeySchedule(
        tokens.keyLife(), tokens.keyAhead(), tokens.accessLife().plus(Duration.ofMinutes(2)));
  }

  /** The pages and endpoints; calls run on {@code executor}, a bounded number at a time. */
  public Endpoint endpoint(Executor executor) {
    return new AuthEndpoint(server, executor);
  }

  /** The table of agents; what blocks runs on {@code executor}. */
  public AllowTable allowTable(Executor executor) {
    return new DirectoryTable(agents, executor);
  }

  /** What links are told and asked; what blocks runs on {@code executor}. */
  public LinkGate linkGate(Executor executor) {
    return new EdgeLinkGate(issuer, agents, enrolment, keys, executor);
  }

  /** What grants or refuses enrolment. */
  public EnrolHandler.Grantor grantor() {
    return new EnrolmentGrantor(issuer, enrolment, keys);
  }

  /** How tokens are verified: against the keys of the moment. */
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

  /** Proofs of the keys that access tokens are bound to. */
  public DpopGate proofs() {
    return proofs;
  }

  private static DpopGate proofs(SecureRandom random) {
    byte[] key = new byte[32];
    random.nextBytes(key);
    return new DpopGate(
        new DpopProof.Verifier(new BouncyCastleProvider()),
        Optional.of(new DpopNonces(key)),
        SeenProofs.standard());
  }

  /** What was taken back. */
  public RevokedTokens revoked() {
    return server.revocations()::isRevoked;
  }

  /** Who may use what: a token is only ever made for a service that its person may use. */
  public AccessRules access() {
    Cache<Resource, Optional<ServiceName>> services =
        Caffeine.newBuilder().maximumSize(MOST_RESOURCES).build();
    return (token, service) ->
        services.get(token.audience(), issuer::serviceOf).filter(service::equals).isPresent()
            && !server.revocations().isRevoked(token);
  }

  /** Calls {@code listener} after each revocation; it must not block. */
  public void onRevocation(Runnable listener) {
    server.revocations().onChange(listener);
  }

  /** Calls {@code listener} after each change of the table of agents; it must not block. */
  public void onAgentsChanged(Runnable listener) {
    agents.onChange(listener);
  }

  /** Calls {@code listener} after each change of the signing keys; it must not block. */
  public void onKeysChanged(Runnable listener) {
    keys.onChange(listener);
  }

  /** The operator's side. */
  public OperatorDesk desk() {
    return new OperatorDesk(server.people(), agents, enrolment);
  }

  /** The operator's side of clients. */
  public ClientDesk clientDesk() {
    return new ClientOperator(server.clients());
  }

  /** The operator's side of tokens and keys. */
  public TokenDesk tokenDesk() {
    return new TokenOperator(server, keys);
  }

  /** The certificate of the internal CA. */
  public X509Certificate root() {
    return authority.root();
  }

  /** A fresh certificate of the internal CA for links and enrolment. */
  public TlsIdentity linkIdentity() {
    return identity(List.of(LinkTls.SERVER_NAME));
  }

  /** A fresh certificate of the internal CA for the public name. */
  public TlsIdentity publicIdentity() {
    return identity(List.of(issuer.host().replace("[", "").replace("]", "")));
  }

  private TlsIdentity identity(List<String> names) {
    CertificateAuthority.Identity identity = authority.server(names, SERVER_CERTIFICATE);
    return new TlsIdentity(identity.chain(), identity.key());
  }

  /** 32 secret bytes that outlive the process, for keys derived from them. */
  public byte[] sealKey() {
    return sealKey.clone();
  }

  /** The machine's clock, but never going back: what everything about tokens goes by. */
  public InstantSource clock() {
    return clock;
  }

  /** Replaces keys that are due and keeps the time. Blocks; to be called once a minute. */
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
