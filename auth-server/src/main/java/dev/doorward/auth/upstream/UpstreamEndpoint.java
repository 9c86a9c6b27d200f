package dev.doorward.auth.upstream;

import dev.doorward.auth.engine.Allowance;
import dev.doorward.auth.engine.AuthCall;
import dev.doorward.auth.engine.AuthReply;
import dev.doorward.auth.engine.AuthReply.Header;
import dev.doorward.auth.engine.Ground;
import dev.doorward.auth.engine.Network;
import dev.doorward.auth.engine.Parameters;
import dev.doorward.auth.login.Entrance;
import dev.doorward.auth.login.Errand;
import dev.doorward.auth.login.Eviction;
import dev.doorward.auth.login.Method;
import dev.doorward.auth.login.Onward;
import dev.doorward.auth.login.Sessions;
import dev.doorward.auth.login.Sessions.SignedIn;
import dev.doorward.auth.login.UpstreamForm;
import dev.doorward.auth.page.Browser;
import dev.doorward.auth.page.MessagePage;
import dev.doorward.auth.page.Pages;
import dev.doorward.auth.page.Phrase;
import dev.doorward.auth.page.PostedForm;
import dev.doorward.auth.store.Mint;
import dev.doorward.auth.store.PersonRow;
import dev.doorward.auth.store.Sealer;
import dev.doorward.auth.store.SecretHash;
import dev.doorward.auth.store.UpstreamStore;
import dev.doorward.common.identity.Subject;
import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Reason;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jdbi.v3.core.Handle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends people to the place where they have an account and takes them back: one path a provider, a
 * state that is good once, for ten minutes, in the browser that began. Nonce and PKCE verifier are
 * derived from the state, so neither is stored.
 */
public final class UpstreamEndpoint {
  /** Below it are the providers: {@code /login/upstream/<name>} and {@code .../callback}. */
  public static final String PATH = "/login/upstream/";

  private static final Logger log = LoggerFactory.getLogger(UpstreamEndpoint.class);
  private static final String CALLBACK = "/callback";
  private static final Duration PATIENCE = Duration.ofMinutes(10);
  private static final int STARTS = 60;
  private static final int WAITING_PER_NETWORK = 50;
  private static final int LONGEST_CODE = 2048;
  private static final Pattern ERROR = Pattern.compile("[a-z_]{1,40}");

  private final Ground ground;
  private final Pages pages;
  private final Sessions sessions;
  private final Sealer sealer;
  private final Providers providers;
  private final Arrival arrival;
  private final Entrance entrance;
  private final Eviction eviction;
  private final Allowance starts;

  UpstreamEndpoint(
      Ground ground,
      Pages pages,
      Sessions sessions,
      Sealer sealer,
      Providers providers,
      Entrance entrance,
      Eviction eviction) {
    this.ground = ground;
    this.pages = pages;
    this.sessions = sessions;
    this.sealer = sealer;
    this.providers = providers;
    this.arrival = new Arrival(ground, sealer);
    this.entrance = entrance;
    this.eviction = eviction;
    this.starts = new Allowance(ground.clock(), STARTS, Duration.ofMinutes(10));
  }

  /** POST /login/upstream/NAME. */
  public AuthReply begin(AuthCall call) {
    Optional<Providers.Named> provider = providers.find(call.path().substring(PATH.length()));
    if (provider.isEmpty()) {
      return unknown(call);
    }
    return switch (PostedForm.read(call, ground.settings().issuer(), UpstreamForm::binding)) {
      case Outcome.Failed<PostedForm>(var problem) ->
          pages.problem(call, 403, "common.form-refused", problem);
      case Outcome.Ok<PostedForm>(var form) -> begin(call, form, provider.get());
    };
  }

  private AuthReply begin(AuthCall call, PostedForm form, Providers.Named provider) {
    Network network = Network.of(call.remote());
    Optional<Duration> wait = starts.spend(network);
    if (wait.isPresent()) {
      return message(
          call,
          429,
          Phrase.of("upstream.limited"),
          Reason.ADDRESS_LIMITED,
          new Header("Retry-After", Allowance.seconds(wait.get())));
    }
    Onward onward = Onward.of(form.fields());
    boolean linking = form.field("purpose").equals("link");
    Optional<SignedIn> who = linking ? sessions.of(call) : Optional.empty();
    if (linking && who.filter(sessions::isFresh).isEmpty()) {
      return Pages.seeOther(new Onward("", Optional.of(Errand.LINKS)).signInPath());
    }
    boolean fixed =
        who.filter(w -> ground.transact(h -> UpstreamStore.isAdmittedOnly(h, w.person().subject())))
            .isPresent();
    if (fixed) {
      return Pages.seeOther(Errand.LINKS.path());
    }
    Mint.Minted state = ground.mint().secret("dwu_");
    return switch (provider.provider().begin(trip(provider, state.reveal(), onward))) {
      case Provider.Start.Out(String why) -> out(call, provider, why);
      case Provider.Start.Go(URI url) -> {
        ground.change(h ->
            UpstreamStore.begin(
                h,
                new UpstreamStore.Attempt(
                    state.hash(),
                    form.browser().hash(),
                    provider.name(),
                    linking ? new Onward("", Optional.of(Errand.LINKS)).tag() : onward.tag(),
                    who.map(SignedIn::session),
                    form.fields().one("code").map(SecretHash::of),
                    network.prefix(),
                    ground.clock().instant().plus(PATIENCE)),
                WAITING_PER_NETWORK));
        yield onTheWay(call, provider, url, form.browser());
      }
    };
  }

  /**
   * A page that goes on by itself, and by a link: a redirect that answers a form may lead nowhere
   * but to this server, as the policy of our pages says.
   */
  private AuthReply onTheWay(AuthCall call, Providers.Named provider, URI url, Browser browser) {
    var page =
        new MessagePage(
            Phrase.of("upstream.going"),
            Phrase.of("upstream.going-to", provider.shown()),
            "",
            "",
            Optional.of(
                new MessagePage.Way(url.toString(), Phrase.of("upstream.go", provider.shown()))));
    return pages.message(call, 200, page, new Header("Refresh", "0; url=" + url), browser.cookie());
  }

  /** GET /login/upstream/NAME/callback. */
  public AuthReply back(AuthCall call) {
    String rest = call.path().substring(PATH.length());
    Optional<Providers.Named> provider =
        rest.endsWith(CALLBACK)
            ? providers.find(rest.substring(0, rest.length() - CALLBACK.length()))
            : Optional.empty();
    if (provider.isEmpty()) {
      return unknown(call);
    }
    Optional<Parameters> parameters =
        Parameters.ofQuery(call).filter(p -> p.repeated("").isEmpty());
    Optional<String> state = parameters.flatMap(p -> p.one("state"));
    Optional<UpstreamStore.Attempt> attempt =
        Browser.of(call)
            .flatMap(browser ->
                state.flatMap(text ->
                    ground.transact(h ->
                        UpstreamStore.take(
                            h,
                            SecretHash.of(text),
                            browser.hash(),
                            provider.get().name(),
                            ground.clock().instant()))));
    if (attempt.isEmpty()) {
      return message(call, 400, Phrase.of("upstream.late"), Reason.UPSTREAM_REFUSED);
    }
    return back(
        call,
        provider.get(),
        parameters.orElseThrow(),
        trip(provider.get(), state.orElseThrow(), Onward.stored(attempt.get().onward())),
        attempt.get());
  }

  private AuthReply back(
      AuthCall call,
      Providers.Named provider,
      Parameters parameters,
      Provider.Trip trip,
      UpstreamStore.Attempt attempt) {
    Optional<String> code = parameters.one("code").filter(c -> c.length() <= LONGEST_CODE);
    if (parameters.one("error").isPresent() || code.isEmpty()) {
      String error =
          parameters.one("error").filter(e -> ERROR.matcher(e).matches()).orElse("no code");
      refused(provider, call, error);
      return message(
          call,
          400,
          error.equals("access_denied")
              ? Phrase.of("upstream.cancelled", provider.shown())
              : Phrase.of("upstream.refused", provider.shown()),
          Reason.UPSTREAM_REFUSED);
    }
    return switch (provider
        .provider()
        .finish(trip, new Provider.Returned(code.get(), parameters.one("iss")))) {
      case Provider.Finish.Out(String why) -> out(call, provider, why);
      case Provider.Finish.Refused(String why) -> {
        refused(provider, call, why);
        yield message(
            call, 403, Phrase.of("upstream.refused", provider.shown()), Reason.UPSTREAM_REFUSED);
      }
      case Provider.Finish.Known(Account account) ->
          attempt.session().isPresent()
              ? link(call, provider, account, attempt.session().get())
              : enter(call, provider, account, attempt);
    };
  }

  /** Both sign-ins are needed: the one here must still be the one that asked. */
  private AuthReply link(
      AuthCall call, Providers.Named provider, Account account, SecretHash session) {
    Optional<PersonRow> person =
        sessions.of(call).filter(who -> who.session().equals(session)).map(SignedIn::person);
    if (person.isEmpty()) {
      return message(call, 400, Phrase.of("upstream.late"), Reason.UPSTREAM_REFUSED);
    }
    Arrival.Result result = ground.transact(h -> arrival.link(h, provider, account, person.get()));
    return result instanceof Arrival.Result.Welcome
        ? Pages.seeOther(Errand.LINKS.path())
        : turnedAway(call, provider, result);
  }

  /** Either who it is with the cookies to set, or why nobody comes in. */
  private record Entered(Arrival.Result result, List<Header> cookies) {}

  private AuthReply enter(
      AuthCall call, Providers.Named provider, Account account, UpstreamStore.Attempt attempt) {
    Entered entered = ground.transact(h -> enter(h, call, provider, account, attempt));
    if (!(entered.result() instanceof Arrival.Result.Welcome)) {
      return turnedAway(call, provider, entered.result());
    }
    List<Header> cookies = new ArrayList<>(entered.cookies());
    Browser.of(call).ifPresent(browser -> cookies.add(browser.cookie()));
    entrance.peopleChanged();
    return Pages.seeOther(Onward.stored(attempt.onward()).path(), cookies.toArray(Header[]::new));
  }

  private Entered enter(
      Handle h,
      AuthCall call,
      Providers.Named provider,
      Account account,
      UpstreamStore.Attempt attempt) {
    Arrival.Result result =
        attempt.setup().isPresent()
            ? arrival.invited(h, provider, account, attempt.setup().get())
            : arrival.signIn(h, provider, account);
    return new Entered(
        result,
        result instanceof Arrival.Result.Welcome(PersonRow person)
            ? entrance.open(h, call, person, Method.UPSTREAM, provider.name())
            : List.of());
  }

  private AuthReply turnedAway(AuthCall call, Providers.Named provider, Arrival.Result result) {
    return switch (result) {
      case Arrival.Result.Welcome _ -> Pages.seeOther("/account");
      case Arrival.Result.LinkGone() ->
          message(call, 410, Phrase.of("upstream.link-gone"), Reason.SETUP_LINK_INVALID);
      case Arrival.Result.Taken() ->
          message(
              call, 403, Phrase.of("upstream.taken", provider.shown()), Reason.UPSTREAM_REFUSED);
      case Arrival.Result.NotAdmitted() -> notAdmitted(call, provider);
      case Arrival.Result.Delisted(Subject subject) -> {
        eviction.evict(
            subject,
            "upstream_membership_lost",
            Map.of("subject", subject.value(), "provider", provider.name()));
        yield notAdmitted(call, provider);
      }
    };
  }

  private AuthReply notAdmitted(AuthCall call, Providers.Named provider) {
    refused(provider, call, "not admitted");
    return message(
        call,
        403,
        Phrase.of("upstream.not-admitted", provider.shown()),
        Reason.PERSON_NOT_ADMITTED);
  }

  private Provider.Trip trip(Providers.Named provider, String state, Onward onward) {
    return new Provider.Trip(
        URI.create(ground.settings().issuer().value() + PATH + provider.name() + CALLBACK),
        state,
        derived("upstream nonce", state),
        derived("upstream verifier", state),
        onward.errand().isPresent());
  }

  private String derived(String purpose, String state) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(sealer.mac(purpose, state.getBytes(StandardCharsets.UTF_8)));
  }

  private AuthReply out(AuthCall call, Providers.Named provider, String why) {
    log.atWarn()
        .addKeyValue("event", "upstream_unavailable")
        .addKeyValue("reason", Reason.UPSTREAM_UNAVAILABLE.code())
        .addKeyValue("provider", provider.name())
        .addKeyValue("cause", why)
        .log("a provider cannot be asked");
    return message(
        call,
        503,
        Phrase.of("upstream.unavailable", provider.shown()),
        Reason.UPSTREAM_UNAVAILABLE,
        new Header("Retry-After", "30"));
  }

  private void refused(Providers.Named provider, AuthCall call, String why) {
    ground
        .journal()
        .note(
            "upstream_refused",
            Map.of(
                "provider", provider.name(),
                "network", Network.of(call.remote()).prefix(),
                "why", why));
  }

  private AuthReply unknown(AuthCall call) {
    return message(call, 404, Phrase.of("upstream.unknown"), Reason.ROUTE_UNKNOWN);
  }

  private AuthReply message(AuthCall call, int status, Phrase text, Reason reason, Header... more) {
    var page =
        new MessagePage(
            Phrase.of("upstream.failed"),
            text,
            "",
            reason.code(),
            Optional.of(new MessagePage.Way("/login", Phrase.of("upstream.back"))));
    return pages.message(call, status, page, more);
  }
}
