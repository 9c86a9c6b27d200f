package dev.doorward.auth.authorize;

import dev.doorward.auth.authorize.Consents.Sum;
import dev.doorward.auth.client.RedirectRule;
import dev.doorward.auth.engine.AuthCall;
import dev.doorward.auth.engine.AuthReply;
import dev.doorward.auth.engine.Ground;
import dev.doorward.auth.engine.Parameters;
import dev.doorward.auth.engine.Scopes;
import dev.doorward.auth.enrol.AgentDirectory;
import dev.doorward.auth.login.Sessions;
import dev.doorward.auth.login.Sessions.SignedIn;
import dev.doorward.auth.page.Browser;
import dev.doorward.auth.page.ConsentPage;
import dev.doorward.auth.page.FormBinding;
import dev.doorward.auth.page.FormTarget;
import dev.doorward.auth.page.Pages;
import dev.doorward.auth.page.Phrase;
import dev.doorward.auth.page.PostedForm;
import dev.doorward.auth.store.ClientRow;
import dev.doorward.auth.store.ClientStore;
import dev.doorward.auth.store.CodeStore;
import dev.doorward.auth.store.Mint;
import dev.doorward.auth.store.RequestStore;
import dev.doorward.auth.store.RequestStore.Waiting;
import dev.doorward.auth.store.SecretHash;
import dev.doorward.common.identity.Issuer;
import dev.doorward.common.identity.ServiceName;
import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Problem;
import dev.doorward.common.outcome.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jdbi.v3.core.Handle;

/**
 * The page that asks the person whether a client may use a service. Only a POST of its own form
 * decides, and the first one alone; what {@link Consents} remembers is not asked again.
 */
public final class ConsentEndpoint {
  private static final Duration CODE_LIFE = Duration.ofSeconds(60);
  private static final Pattern REQUEST = Pattern.compile("[A-Za-z0-9_-]{1,100}");
  private static final Problem GONE =
      new Problem(
          Reason.OAUTH_REQUEST_EXPIRED,
          "This sign-in was answered already, took longer than half an hour, or was started in"
              + " another browser. Start again from your app.");

  private final Ground ground;
  private final Pages pages;
  private final Sessions sessions;
  private final AgentDirectory agents;
  private final Consents consents;

  /** The endpoint. */
  public ConsentEndpoint(Ground ground, Pages pages, Sessions sessions, AgentDirectory agents) {
    this.ground = ground;
    this.pages = pages;
    this.sessions = sessions;
    this.agents = agents;
    this.consents = new Consents(ground);
  }

  /** A request that waits, with its client. */
  private record Asked(String id, Waiting waiting, ClientRow client, ServiceName service) {}

  /** GET /consent. */
  public AuthReply show(AuthCall call) {
    String id = Parameters.ofQuery(call).flatMap(query -> query.one("request")).orElse("");
    Optional<Browser> browser = Browser.of(call);
    Optional<Asked> asked = browser.flatMap(b -> find(id, b));
    if (asked.isEmpty()) {
      return gone(call);
    }
    return sessions
        .of(call)
        .map(who -> {
          Sum sum =
              consents.of(who.person().subject(), asked.get().waiting(), asked.get().service());
          return sum.remembered() && mayUse(asked.get(), who)
              ? allow(call, asked.get(), who, sum)
              : ask(call, asked.get(), who, sum, browser.orElseThrow());
        })
        .orElseGet(() -> toSignIn(id));
  }

  /** POST /consent. */
  public AuthReply decide(AuthCall call) {
    Optional<SignedIn> who = sessions.of(call);
    return switch (PostedForm.read(
        call,
        ground.settings().issuer(),
        fields ->
            binding(
                who.map(SignedIn::tag).orElse(""),
                fields.one("request").orElse(""),
                fields.one("scope").orElse("")))) {
      case Outcome.Failed<PostedForm>(var problem) ->
          pages.problem(call, 403, "common.form-refused", problem);
      case Outcome.Ok<PostedForm>(var form) -> {
        Optional<Asked> asked = find(form.field("request"), form.browser());
        yield asked.isEmpty() || who.isEmpty()
            ? gone(call)
            : decide(call, asked.get(), who.get(), form);
      }
    };
  }

  private AuthReply decide(AuthCall call, Asked asked, SignedIn who, PostedForm form) {
    Sum sum = consents.of(who.person().subject(), asked.waiting(), asked.service());
    // what was on the page is what is allowed: if it has grown since, the person is asked again
    boolean same = sum.scope().equals(form.field("scope"));
    return switch (form.field("decision")) {
      case "allow" ->
          mayUse(asked, who) && same
              ? allow(call, asked, who, sum)
              : ask(call, asked, who, sum, form.browser());
      case "deny" -> deny(call, asked, who);
      default ->
          pages.problem(
              call,
              400,
              "common.form-refused",
              new Problem(Reason.OAUTH_REQUEST_REFUSED, "Choose Allow or Deny."));
    };
  }

  private AuthReply allow(AuthCall call, Asked asked, SignedIn who, Sum sum) {
    Instant now = ground.clock().instant();
    Mint.Minted code = ground.mint().secret("dwc_");
    boolean first =
        ground.transact(h -> {
          if (!RequestStore.take(h, asked.waiting().hash())) {
            return false;
          }
          insertCode(h, asked.waiting(), who, sum.scope(), code, now);
          ClientStore.markUsed(h, asked.client().id(), now);
          note(sum.remembered() ? "consent_remembered" : "consent_given", asked, who, sum.scope());
          return true;
        });
    return first ? answer(asked).code(code.reveal()) : gone(call);
  }

  private AuthReply deny(AuthCall call, Asked asked, SignedIn who) {
    boolean first =
        ground.transact(h -> {
          boolean taken = RequestStore.take(h, asked.waiting().hash());
          if (taken) {
            note("consent_denied", asked, who, asked.waiting().scope());
          }
          return taken;
        });
    return first
        ? answer(asked)
            .error(
                "access_denied",
                new Problem(Reason.SERVICE_NOT_ALLOWED, "The person did not allow it."))
        : gone(call);
  }

  private static void insertCode(
      Handle h, Waiting waiting, SignedIn who, String scope, Mint.Minted code, Instant now) {
    CodeStore.insert(
        h,
        new CodeStore.Code(
            code.hash(),
            waiting.client(),
            who.person().subject(),
            waiting.redirectUri(),
            waiting.challenge(),
            waiting.resource(),
            scope,
            now.plus(CODE_LIFE),
            Optional.empty(),
            waiting.key()));
  }

  /** Not allowed and not there look the same, also to who is signed in. */
  private boolean mayUse(Asked asked, SignedIn who) {
    return who.person().mayUse(asked.service()) && agents.knows(asked.service());
  }

  private AuthReply ask(AuthCall call, Asked asked, SignedIn who, Sum sum, Browser browser) {
    String uri = asked.waiting().redirectUri();
    List<Scopes.Declared> declared = ground.settings().scopes().of(asked.service());
    List<String> granted = List.of(sum.scope().split(" "));
    var page =
        new ConsentPage(
            asked.client().name(),
            asked.client().publisher().orElse(""),
            RedirectRule.shown(uri),
            note(uri),
            RedirectRule.isLocal(uri),
            asked.service().value(),
            asked.waiting().resource().value(),
            declared.stream()
                .filter(scope -> granted.contains(scope.name()))
                .map(scope -> new ConsentPage.Permission(scope.name(), scope.text()))
                .toList(),
            !declared.isEmpty(),
            who.person().name(),
            asked.id(),
            sum.scope(),
            browser.formToken(binding(who.tag(), asked.id(), sum.scope())));
    return mayUse(asked, who)
        ? pages.consent(call, page, FormTarget.of(uri))
        : pages.refused(call, page, FormTarget.of(uri));
  }

  private static Phrase note(String redirectUri) {
    if (redirectUri.startsWith("https:")) {
      return Phrase.of("consent.target-site");
    }
    return redirectUri.startsWith("http:")
        ? Phrase.of("consent.target-program")
        : Phrase.of("consent.target-app");
  }

  private Optional<Asked> find(String id, Browser browser) {
    if (!REQUEST.matcher(id).matches()) {
      return Optional.empty();
    }
    Issuer issuer = ground.settings().issuer();
    return ground.transact(h ->
        RequestStore.find(h, SecretHash.of(id), browser.hash(), ground.clock().instant())
            .flatMap(waiting ->
                ClientStore.find(h, waiting.client())
                    // its document may have changed since it asked
                    .filter(c -> RedirectRule.matches(c.redirectUris(), waiting.redirectUri()))
                    .flatMap(client ->
                        issuer
                            .serviceOf(waiting.resource())
                            .map(s -> new Asked(id, waiting, client, s)))));
  }

  private void note(String event, Asked asked, SignedIn who, String scope) {
    ground
        .journal()
        .note(
            event,
            Map.of(
                "subject", who.person().subject().value(),
                "person", who.person().name(),
                "client", asked.client().id().value(),
                "client_name", asked.client().name(),
                "redirect", RedirectRule.shown(asked.waiting().redirectUri()),
                "resource", asked.waiting().resource().value(),
                "scope", scope));
  }

  private ClientAnswer answer(Asked asked) {
    return new ClientAnswer(
        ground.settings().issuer(), asked.waiting().redirectUri(), asked.waiting().state());
  }

  private AuthReply gone(AuthCall call) {
    return pages.problem(call, 410, "consent.gone", GONE);
  }

  private static AuthReply toSignIn(String id) {
    return Pages.seeOther("/login?request=" + id);
  }

  private static FormBinding binding(String session, String request, String scope) {
    return new FormBinding("consent", session, request + " " + scope);
  }
}
