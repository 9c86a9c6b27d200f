package dev.doorward.auth.upstream;

import dev.doorward.auth.engine.Allowance;
import dev.doorward.auth.engine.AuthCall;
import dev.doorward.auth.engine.AuthReply;
import dev.doorward.auth.engine.AuthReply.Header;
import dev.doorward.auth.engine.Ground;
import dev.doorward.auth.engine.Network;
import dev.doorward.auth.login.Errand;
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
import dev.doorward.auth.store.SecretHash;
import dev.doorward.auth.store.UpstreamStore;
import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Reason;
import java.net.URI;
import java.time.Duration;
import java.util.Optional;

/**
 * POST /login/upstream/NAME: sends somebody to the place where they have an account, with a state
 * that is good once, for ten minutes, in this browser.
 */
public final class DepartureEndpoint {
  private static final Duration PATIENCE = Duration.ofMinutes(10);
  private static final int STARTS = 60;
  private static final int WAITING_PER_NETWORK = 50;

  private static final Onward TO_LINKS = new Onward("", Optional.of(Errand.LINKS));

  private final Ground ground;
  private final Pages pages;
  private final Sessions sessions;
  private final Providers providers;
  private final Trips trips;
  private final UpstreamAnswers answers;
  private final Allowance starts;

  DepartureEndpoint(
      Ground ground,
      Pages pages,
      Sessions sessions,
      Providers providers,
      Trips trips,
      UpstreamAnswers answers) {
    this.ground = ground;
    this.pages = pages;
    this.sessions = sessions;
    this.providers = providers;
    this.trips = trips;
    this.answers = answers;
    this.starts = new Allowance(ground.clock(), STARTS, Duration.ofMinutes(10));
  }

  /** Answers the call. */
  public AuthReply begin(AuthCall call) {
    Optional<Providers.Named> provider = providers.find(call.path().substring(Trips.PATH.length()));
    if (provider.isEmpty()) {
      return answers.unknown(call);
    }
    return switch (PostedForm.read(call, ground.settings().issuer(), UpstreamForm::binding)) {
      case Outcome.Failed<PostedForm>(var problem) ->
          pages.problem(call, 403, "common.form-refused", problem);
      case Outcome.Ok<PostedForm>(var form) -> begin(call, form, provider.get());
    };
  }

  private AuthReply begin(AuthCall call, PostedForm form, Providers.Named provider) {
    Optional<Duration> wait = starts.spend(Network.of(call.remote()));
    if (wait.isPresent()) {
      return answers.message(
          call,
          429,
          Phrase.of("upstream.limited"),
          Reason.ADDRESS_LIMITED,
          new Header("Retry-After", Allowance.seconds(wait.get())));
    }
    boolean linking = form.field("purpose").equals("link");
    Optional<SignedIn> who = linking ? sessions.of(call) : Optional.empty();
    if (linking && who.filter(sessions::isFresh).isEmpty()) {
      return Pages.seeOther(TO_LINKS.signInPath());
    }
    boolean fixed =
        who.filter(w -> ground.transact(h -> UpstreamStore.isAdmittedOnly(h, w.person().subject())))
            .isPresent();
    if (fixed) {
      return Pages.seeOther(Errand.LINKS.path());
    }
    return leave(call, form, provider, who, linking ? TO_LINKS : Onward.of(form.fields()));
  }

  private AuthReply leave(
      AuthCall call,
      PostedForm form,
      Providers.Named provider,
      Optional<SignedIn> who,
      Onward onward) {
    Mint.Minted state = ground.mint().secret("dwe_");
    return switch (provider.provider().begin(trips.of(provider, state.reveal(), onward))) {
      case Provider.Start.Out(String why) -> answers.out(call, provider, why);
      case Provider.Start.Go(URI url) -> {
        var attempt =
            new UpstreamStore.Attempt(
                state.hash(),
                form.browser().hash(),
                provider.name(),
                onward.tag(),
                who.map(SignedIn::session),
                form.fields().one("code").map(SecretHash::of),
                Network.of(call.remote()).prefix(),
                ground.clock().instant().plus(PATIENCE));
        ground.change(h -> UpstreamStore.begin(h, attempt, WAITING_PER_NETWORK));
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
}
