package dev.doorward.auth.upstream;

import dev.doorward.auth.engine.AuthCall;
import dev.doorward.auth.engine.AuthReply;
import dev.doorward.auth.engine.AuthReply.Header;
import dev.doorward.auth.engine.Ground;
import dev.doorward.auth.engine.Parameters;
import dev.doorward.auth.login.Entrance;
import dev.doorward.auth.login.Errand;
import dev.doorward.auth.login.Eviction;
import dev.doorward.auth.login.Method;
import dev.doorward.auth.login.Onward;
import dev.doorward.auth.login.Sessions;
import dev.doorward.auth.login.Sessions.SignedIn;
import dev.doorward.auth.page.Browser;
import dev.doorward.auth.page.Pages;
import dev.doorward.auth.page.Phrase;
import dev.doorward.auth.store.PersonRow;
import dev.doorward.auth.store.SecretHash;
import dev.doorward.auth.store.UpstreamStore;
import dev.doorward.common.identity.Subject;
import dev.doorward.common.outcome.Reason;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jdbi.v3.core.Handle;

/**
 * GET /login/upstream/NAME/callback: takes somebody back from the place where they have an account.
 * The path is one provider's alone, so no other can answer for it.
 */
public final class ReturnEndpoint {
  private static final int LONGEST_CODE = 2048;
  private static final Pattern ERROR = Pattern.compile("[a-z_]{1,40}");

  private final Ground ground;
  private final Sessions sessions;
  private final Providers providers;
  private final Trips trips;
  private final UpstreamAnswers answers;
  private final Arrival arrival;
  private final Entrance entrance;
  private final Eviction eviction;

  ReturnEndpoint(
      Ground ground,
      Sessions sessions,
      Providers providers,
      Trips trips,
      UpstreamAnswers answers,
      Arrival arrival,
      Entrance entrance,
      Eviction eviction) {
    this.ground = ground;
    this.sessions = sessions;
    this.providers = providers;
    this.trips = trips;
    this.answers = answers;
    this.arrival = arrival;
    this.entrance = entrance;
    this.eviction = eviction;
  }

  /** Answers the call. */
  public AuthReply back(AuthCall call) {
    String rest = call.path().substring(Trips.PATH.length());
    Optional<Providers.Named> provider =
        rest.endsWith(Trips.CALLBACK)
            ? providers.find(rest.substring(0, rest.length() - Trips.CALLBACK.length()))
            : Optional.empty();
    if (provider.isEmpty()) {
      return answers.unknown(call);
    }
    Optional<Parameters> parameters =
        Parameters.ofQuery(call).filter(p -> p.repeated("").isEmpty());
    Optional<String> state = parameters.flatMap(p -> p.one("state"));
    Optional<UpstreamStore.Attempt> attempt =
        Browser.of(call)
            .flatMap(browser -> state.flatMap(text -> take(text, browser, provider.get())));
    if (attempt.isEmpty()) {
      return answers.late(call);
    }
    Provider.Trip trip =
        trips.of(provider.get(), state.orElseThrow(), Onward.stored(attempt.get().onward()));
    return back(call, provider.get(), parameters.orElseThrow(), trip, attempt.get());
  }

  /** The attempt that the state is of; it is gone with that. */
  private Optional<UpstreamStore.Attempt> take(
      String state, Browser browser, Providers.Named provider) {
    return ground.transact(h ->
        UpstreamStore.take(
            h, SecretHash.of(state), browser.hash(), provider.name(), ground.clock().instant()));
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
      return error.equals("access_denied")
          ? answers.cancelled(call, provider)
          : answers.refused(call, 400, provider, error);
    }
    return switch (provider
        .provider()
        .finish(trip, new Provider.Returned(code.get(), parameters.one("iss")))) {
      case Provider.Finish.Out(String why) -> answers.out(call, provider, why);
      case Provider.Finish.Refused(String why) -> answers.refused(call, 403, provider, why);
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
      return answers.late(call);
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
          answers.message(call, 410, Phrase.of("upstream.link-gone"), Reason.SETUP_LINK_INVALID);
      case Arrival.Result.Taken() ->
          answers.message(
              call, 403, Phrase.of("upstream.taken", provider.shown()), Reason.UPSTREAM_REFUSED);
      case Arrival.Result.NotAdmitted() -> answers.notAdmitted(call, provider);
      case Arrival.Result.Delisted(Subject subject) -> {
        eviction.evict(
            subject,
            "upstream_membership_lost",
            Map.of("subject", subject.value(), "provider", provider.name()));
        yield answers.notAdmitted(call, provider);
      }
    };
  }
}
