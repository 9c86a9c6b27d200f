package dev.doorward.auth.personal;

import dev.doorward.auth.engine.AuthCall;
import dev.doorward.auth.engine.AuthReply;
import dev.doorward.auth.engine.Ground;
import dev.doorward.auth.engine.Scopes;
import dev.doorward.auth.enrol.AgentDirectory;
import dev.doorward.auth.login.Sessions;
import dev.doorward.auth.login.Sessions.SignedIn;
import dev.doorward.auth.page.Browser;
import dev.doorward.auth.page.FormBinding;
import dev.doorward.auth.page.Pages;
import dev.doorward.auth.page.Phrase;
import dev.doorward.auth.page.PostedForm;
import dev.doorward.auth.page.TokensPage;
import dev.doorward.auth.store.PersonalTokenStore.PersonalToken;
import dev.doorward.common.identity.ServiceName;
import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Problem;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The page on which people make and revoke personal access tokens. Making one needs a sign-in of
 * the last five minutes; the text is shown in the answer to the form and never again.
 */
public final class TokensEndpoint {
  /** Where it is. */
  public static final String PATH = "/account/tokens";

  private static final String SIGN_IN = "/login?for=tokens";
  private static final Pattern ID = Pattern.compile("pat_[A-Za-z0-9_-]{22}");
  private static final Pattern DAYS = Pattern.compile("[0-9]{1,4}");
  private static final String FIELD = "scope:";
  private static final String PERSON = "person";

  private final Ground ground;
  private final Pages pages;
  private final Sessions sessions;
  private final AgentDirectory agents;
  private final PersonalTokens tokens;

  /** The endpoint. */
  public TokensEndpoint(
      Ground ground, Pages pages, Sessions sessions, AgentDirectory agents, PersonalTokens tokens) {
    this.ground = ground;
    this.pages = pages;
    this.sessions = sessions;
    this.agents = agents;
    this.tokens = tokens;
  }

  /** GET /account/tokens. */
  public AuthReply show(AuthCall call) {
    Optional<SignedIn> who = sessions.of(call);
    return who.isEmpty()
        ? Pages.seeOther(SIGN_IN)
        : list(call, 200, who.get(), Browser.ofOrNew(call, ground.mint()), Optional.empty());
  }

  /** POST /account/tokens. */
  public AuthReply create(AuthCall call) {
    return act(
        call,
        (who, form) -> {
          if (!sessions.isFresh(who)) {
            return Pages.seeOther(SIGN_IN);
          }
          Optional<ServiceName> service = ServiceName.parse(form.field("service"));
          String days = form.field("days");
          String id = form.field("id");
          if (service.isEmpty() || !DAYS.matcher(days).matches() || !ID.matcher(id).matches()) {
            return again(call, who, form, Phrase.of("tokens.choose"));
          }
          return switch (tokens.create(
              id,
              who.person(),
              service.get(),
              scope(form, service.get()),
              form.field("name"),
              Duration.ofDays(Long.parseLong(days)),
              PERSON)) {
            case Outcome.Failed<PersonalTokens.Created>(Problem problem) ->
                again(call, who, form, Phrase.of("common.as-is", problem.text()));
            case Outcome.Ok<PersonalTokens.Created>(PersonalTokens.Created made) ->
                pages.tokenMade(
                    call,
                    new TokensPage.Made(
                        made.token().name(),
                        service.get().value(),
                        made.token().resource().value(),
                        made.text().reveal(),
                        made.token().expiresAt()));
          };
        });
  }

  /** POST /account/tokens/revoke. */
  public AuthReply revoke(AuthCall call) {
    return act(
        call,
        (who, form) -> {
          tokens.revoke(form.field("token"), Optional.of(who.person().subject()), PERSON);
          return Pages.seeOther(PATH);
        });
  }

  private AuthReply again(AuthCall call, SignedIn who, PostedForm form, Phrase problem) {
    return list(call, 400, who, form.browser(), Optional.of(problem));
  }

  private AuthReply list(
      AuthCall call, int status, SignedIn who, Browser browser, Optional<Phrase> problem) {
    var page =
        new TokensPage(
            who.person().name(),
            tokens.of(who.person().subject()).stream().map(this::line).toList(),
            agents.services().stream()
                .filter(who.person()::mayUse)
                .map(ServiceName::value)
                .sorted()
                .toList(),
            ground.settings().scopes().declared().stream()
                .filter(d -> who.person().mayUse(d.service()) && agents.knows(d.service()))
                .map(d -> new TokensPage.Choice(FIELD + d.name(), d.service().value(), d.text()))
                .toList(),
            Math.max(1, ground.settings().lives().personalToken().toDays()),
            sessions.isFresh(who),
            tokens.newId(),
            browser.formToken(binding(who)),
            problem);
    return pages.tokens(call, status, page, browser.cookie());
  }

  /** The scopes of the service that were ticked. */
  private String scope(PostedForm form, ServiceName service) {
    return ground.settings().scopes().of(service).stream()
        .map(Scopes.Declared::name)
        .filter(name -> !form.field(FIELD + name).isEmpty())
        .collect(Collectors.joining(" "));
  }

  private TokensPage.Line line(PersonalToken token) {
    return new TokensPage.Line(
        token.id(),
        token.name(),
        ground
            .settings()
            .issuer()
            .serviceOf(token.resource())
            .map(ServiceName::value)
            .orElse(token.resource().value()),
        token.expiresAt(),
        token.usedAt());
  }

  private AuthReply act(AuthCall call, BiFunction<SignedIn, PostedForm, AuthReply> action) {
    Optional<SignedIn> who = sessions.of(call);
    if (who.isEmpty()) {
      return Pages.seeOther(SIGN_IN);
    }
    return switch (PostedForm.read(call, ground.settings().issuer(), _ -> binding(who.get()))) {
      case Outcome.Failed<PostedForm>(Problem problem) ->
          pages.problem(call, 403, "common.form-refused", problem);
      case Outcome.Ok<PostedForm>(PostedForm form) -> action.apply(who.get(), form);
    };
  }

  private static FormBinding binding(SignedIn who) {
    return new FormBinding("tokens", who.tag(), "");
  }
}
