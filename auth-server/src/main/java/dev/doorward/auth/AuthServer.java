package dev.doorward.auth;

import dev.doorward.auth.authorize.AuthorizeEndpoint;
import dev.doorward.auth.authorize.ConsentEndpoint;
import dev.doorward.auth.authorize.PushEndpoint;
import dev.doorward.auth.client.ClientAuthentication;
import dev.doorward.auth.client.Clients;
import dev.doorward.auth.client.OperatorClients;
import dev.doorward.auth.client.RegisterEndpoint;
import dev.doorward.auth.device.DeviceAuthorization;
import dev.doorward.auth.device.DevicePages;
import dev.doorward.auth.engine.AuthCall;
import dev.doorward.auth.engine.AuthReply;
import dev.doorward.auth.engine.AuthReply.Header;
import dev.doorward.auth.engine.AuthSettings;
import dev.doorward.auth.engine.Ground;
import dev.doorward.auth.engine.Journal;
import dev.doorward.auth.engine.Revocations;
import dev.doorward.auth.enrol.AgentDirectory;
import dev.doorward.auth.enterprise.Enterprise;
import dev.doorward.auth.fetch.DocumentFetch;
import dev.doorward.auth.login.PasswordHasher;
import dev.doorward.auth.login.PasswordRules;
import dev.doorward.auth.login.People;
import dev.doorward.auth.login.PeopleDesk;
import dev.doorward.auth.login.Sessions;
import dev.doorward.auth.metadata.Discovery;
import dev.doorward.auth.page.Assets;
import dev.doorward.auth.page.Pages;
import dev.doorward.auth.personal.PersonalTokens;
import dev.doorward.auth.personal.TokensEndpoint;
import dev.doorward.auth.store.Database;
import dev.doorward.auth.store.Mint;
import dev.doorward.auth.store.PersonRow;
import dev.doorward.auth.store.PersonStore;
import dev.doorward.auth.store.Sealer;
import dev.doorward.auth.store.SteadyClock;
import dev.doorward.auth.store.Sweep;
import dev.doorward.auth.token.AccessTokens;
import dev.doorward.auth.token.IntrospectEndpoint;
import dev.doorward.auth.token.LiveGrants;
import dev.doorward.auth.token.PresentedToken;
import dev.doorward.auth.token.ResourceServers;
import dev.doorward.auth.token.RevokeEndpoint;
import dev.doorward.auth.token.SenderKeys;
import dev.doorward.auth.token.TokenEndpoint;
import dev.doorward.auth.token.TokenKeys;
import dev.doorward.auth.upstream.MembershipWatch;
import dev.doorward.auth.upstream.Web;
import dev.doorward.common.audit.AuditSink;
import dev.doorward.common.identity.Issuer;
import dev.doorward.common.outcome.Reason;
import dev.doorward.common.token.AccessToken;
import dev.doorward.common.token.DpopGate;
import dev.doorward.common.token.DpopNonces;
import dev.doorward.common.token.DpopProof;
import dev.doorward.common.token.SeenProofs;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The OAuth 2.1 authorization server. {@link #handle} blocks on storage and hashing, so call it on
 * a virtual thread; it is safe on any number of them.
 */
public final class AuthServer implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(AuthServer.class);

  private final PasswordHasher hasher;
  private final Ground ground;
  private final LiveGrants grants;
  private final PersonalTokens personal;
  private final PresentedToken presented;
  private final People people;
  private final Enterprise enterprise;
  private final OperatorClients operatorClients;
  private final ResourceServers resourceServers;
  private final Housekeeping housekeeping;
  private final MembershipWatch membership;
  private final Errors errors;
  private final RoutingTable routes;

  private AuthServer(
      Ground ground,
      PasswordHasher hasher,
      Sealer sealer,
      TokenKeys keys,
      AgentDirectory agents,
      DocumentFetch fetch,
      Web web,
      Map<String, Supplier<Optional<String>>> providers) {
    this.enterprise = new Enterprise(ground, providers);
    this.hasher = hasher;
    this.grants = new LiveGrants(ground);
    var signed = new AccessTokens(ground, keys);
    this.personal = new PersonalTokens(ground, grants, signed);
    this.presented = new PresentedToken(keys::keys);
    this.ground = ground;
    this.housekeeping = new Housekeeping(ground, grants, personal);
    var rules = new PasswordRules(ground.settings().login().breachedPasswords());
    this.people = new PeopleDesk(ground, hasher, rules, grants::peopleChanged);
    var gate =
        new DpopGate(
            new DpopProof.Verifier(new BouncyCastleProvider()),
            Optional.of(new DpopNonces(ground.mint().bytes(32))),
            SeenProofs.standard());
    this.resourceServers = new ResourceServers(ground);
    var assets = new Assets();
    var pages = new Pages(ground.settings().issuer(), assets);
    var sessions = new Sessions(ground);
    this.errors = new Errors(pages);
    var peopleRoutes =
        new PeopleRoutes(
            ground,
            pages,
            sessions,
            hasher,
            rules,
            grants,
            sealer,
            web,
            new Farewell(ground, grants, personal));
    this.membership = peopleRoutes.membership();
    var askers = new Clients(ground, fetch);
    var clients = new ClientAuthentication(ground, askers);
    this.operatorClients = new OperatorClients(ground, grants::clientsChanged);

    var discovery = new Discovery(ground.settings(), keys::jwks);
    var register = new RegisterEndpoint(ground);
    var token =
        new TokenEndpoint(
            ground, clients, signed, grants, new SenderKeys(ground, gate), enterprise);
    var revoke = new RevokeEndpoint(ground, clients, grants, keys::keys);
    var introspect = new IntrospectEndpoint(ground, resourceServers, grants, this::read);
    var authorize = new AuthorizeEndpoint(ground, pages, sessions, agents, askers);
    var push = new PushEndpoint(ground, agents, askers, clients);
    var devices = new DeviceAuthorization(ground, clients, askers, agents);
    var devicePages = new DevicePages(ground, pages, sessions, agents);
    var ownTokens = new TokensEndpoint(ground, pages, sessions, agents, personal);
    var consent = new ConsentEndpoint(ground, pages, sessions, agents);
    List<Route> routes = new ArrayList<>();
    routes.addAll(peopleRoutes.routes());
    routes.addAll(
        List.of(
            Route.open("/.well-known/oauth-authorization-server", "GET", discovery::server),
            Route.open(Discovery.RESOURCE, "GET", discovery::resource),
            Route.open(Discovery.RESOURCE + "/*", "GET", discovery::resource),
            Route.open("/.well-known/*", "GET", discovery::missing),
            Route.open("/jwks", "GET", discovery::keys),
            Route.open("/register", "POST", register::register),
            Route.open("/token", "POST", token::token),
            Route.open("/revoke", "POST", revoke::revoke),
            Route.open("/par", "POST", push::push),
            Route.open("/introspect", "POST", introspect::introspect),
            Route.open(DeviceAuthorization.PATH, "POST", devices::begin),
            Route.form("/device", devicePages::show, devicePages::look),
            Route.form("/device/answer", devicePages::answer),
            Route.form(TokensEndpoint.PATH, ownTokens::show, ownTokens::create),
            Route.form(TokensEndpoint.PATH + "/revoke", ownTokens::revoke),
            Route.page("/authorize", authorize::begin),
            Route.page(Assets.STYLE, assets::style),
            Route.page(Assets.ICON, assets::icon),
            Route.page(Assets.SCRIPT, assets::script),
            Route.form("/consent", consent::show, consent::decide)));
    this.routes = new RoutingTable(List.copyOf(routes), errors);
  }

  /**
   * Opens the server over a database that is open already and stays the caller's.
   *
   * @param sealer seals secrets of people, and keys what is hashed
   * @param keys sign access tokens; somebody else calls {@link TokenKeys#maintain} now and then
   * @param agents which services there are
   * @param web asks the places where people have accounts
   * @param fetch gets the documents of clients that are known by a URL
   * @param providers JWK sets of the identity providers that are trusted, by issuer
   * @param audit where sign-ins, consents and tokens are recorded
   */
  public static AuthServer open(
      AuthSettings settings,
      Database database,
      Sealer sealer,
      TokenKeys keys,
      AgentDirectory agents,
      DocumentFetch fetch,
      Web web,
      Map<String, Supplier<Optional<String>>> providers,
      AuditSink audit,
      SteadyClock clock,
      SecureRandom random) {
    var ground = new Ground(settings, database, clock, new Mint(random), new Journal(audit, clock));
    var hasher =
        new PasswordHasher(
            random,
            PasswordHasher.Cost.of(settings.login()),
            Runtime.getRuntime().availableProcessors());
    return new AuthServer(ground, hasher, sealer, keys, agents, fetch, web, providers);
  }

  /** The answer to a call; never throws. */
  public AuthReply handle(AuthCall call) {
    try {
      housekeeping.runIfDue();
      return routes.handle(call);
    } catch (Journal.Unavailable e) {
      return unavailable(call, Reason.AUDIT_UNAVAILABLE, "The audit log cannot be written.", e);
    } catch (JdbiException e) {
      return unavailable(call, Reason.STORE_FAILED, "The storage does not answer.", e);
    } catch (RuntimeException e) {
      log.atError()
          .addKeyValue("event", "auth_call_failed")
          .addKeyValue("reason", Reason.INTERNAL.code())
          .addKeyValue("path", call.path())
          .setCause(e)
          .log("the authorization server could not answer");
      return errors.answer(
          call, 500, "server_error", Reason.INTERNAL, "Something went wrong here.");
    }
  }

  /** The people, for the operator. */
  public People people() {
    return people;
  }

  /** The clients, for the operator. */
  public OperatorClients clients() {
    return operatorClients;
  }

  /** Who may ask about tokens, for the operator. */
  public ResourceServers resourceServers() {
    return resourceServers;
  }

  /** Trusted identity providers, for the operator. */
  public Enterprise enterprise() {
    return enterprise;
  }

  /** Personal access tokens, for the operator and for the edge. */
  public PersonalTokens personalTokens() {
    return personal;
  }

  /**
   * Takes the machine's clock for right where it is behind; every sign-in ends, since what they
   * were to last cannot be told any more. Blocks.
   *
   * @return by how much it was behind
   */
  public Duration acceptClock() {
    Duration behind = ground.clock().behind();
    if (!behind.isZero()) {
      Instant latest = ground.clock().instant();
      ground.change(h -> {
        grants.ranOut(Sweep.run(h, latest, ground.settings().lives()));
        Sweep.everything(h);
        ground.clock().accept(h);
        ground
            .journal()
            .note("clock_accepted", Map.of("behind_seconds", Long.toString(behind.toSeconds())));
      });
      grants.reload();
    }
    return behind;
  }

  /** By how much the machine's clock is behind the latest time seen. */
  public Duration clockBehind() {
    return ground.clock().behind();
  }

  /** The person with that name. Blocks. */
  public Optional<PersonRow> person(String name) {
    return ground.transact(h -> PersonStore.named(h, name.strip().toLowerCase(Locale.ROOT)));
  }

  /** Whose tokens these are. */
  public Issuer issuer() {
    return ground.settings().issuer();
  }

  private Optional<AccessToken> read(String text) {
    if (!PersonalTokens.isOne(text)) {
      return presented.verified(text, ground.clock().instant());
    }
    return switch (personal.exchange(text)) {
      case PersonalTokens.Exchange.Done(var made) -> Optional.of(made.token());
      case PersonalTokens.Exchange.Refused _ -> Optional.empty();
    };
  }

  /** What was taken back, for everybody who accepts tokens. */
  public Revocations revocations() {
    return grants;
  }

  /** Asks providers who is a member still. Blocks; to be called every few minutes. */
  public void maintain() {
    membership.run();
  }

  /** Stops the threads that hash passwords. */
  @Override
  public void close() {
    hasher.close();
  }

  /** Logs the root cause's message only: what wraps it may quote the values of a statement. */
  private AuthReply unavailable(AuthCall call, Reason reason, String text, RuntimeException e) {
    Throwable root = e;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    log.atError()
        .addKeyValue("event", "auth_call_failed")
        .addKeyValue("reason", reason.code())
        .addKeyValue("path", call.path())
        .addKeyValue("cause", root.toString())
        .log("the authorization server could not answer");
    return errors.answer(
        call, 503, "temporarily_unavailable", reason, text, new Header("Retry-After", "5"));
  }
}
