package dev.doorward.auth.device;

import dev.doorward.auth.engine.Allowance;
import dev.doorward.auth.engine.AuthCall;
import dev.doorward.auth.engine.AuthReply;
import dev.doorward.auth.engine.Ground;
import dev.doorward.auth.engine.Network;
import dev.doorward.auth.engine.Parameters;
import dev.doorward.auth.engine.Scopes;
import dev.doorward.auth.enrol.AgentDirectory;
import dev.doorward.auth.login.Sessions;
import dev.doorward.auth.login.Sessions.SignedIn;
import dev.doorward.auth.page.Browser;
import dev.doorward.auth.page.ConsentPage;
import dev.doorward.auth.page.DevicePage;
import dev.doorward.auth.page.FormBinding;
import dev.doorward.auth.page.MessagePage;
import dev.doorward.auth.page.Pages;
import dev.doorward.auth.page.Phrase;
import dev.doorward.auth.page.PostedForm;
import dev.doorward.auth.store.ClientRow;
import dev.doorward.auth.store.ClientStore;
import dev.doorward.auth.store.DeviceStore;
import dev.doorward.auth.store.DeviceStore.Answer;
import dev.doorward.auth.store.DeviceStore.Device;
import dev.doorward.common.identity.ServiceName;
import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Problem;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Where a signed-in person enters the code of a device and answers it (RFC 8628 section 3.3). Only
 * a POST of the second form decides. Guessing is bounded for each person and each network.
 */
public final class DevicePages {
  private static final String SIGN_IN = "/login?for=device";
  private static final int TRIES = 10;
  private static final Duration PERIOD = Duration.ofMinutes(10);

  private final Ground ground;
  private final Pages pages;
  private final Sessions sessions;
  private final AgentDirectory agents;
  private final Allowance ofPerson;
  private final Allowance ofNetwork;

  /** A device that waits, with its client. */
  private record Asked(UserCode code, Device device, ClientRow client, ServiceName service) {}

  /** The pages. */
  public DevicePages(Ground ground, Pages pages, Sessions sessions, AgentDirectory agents) {
    this.ground = ground;
    this.pages = pages;
    this.sessions = sessions;
    this.agents = agents;
    this.ofPerson = new Allowance(ground.clock(), TRIES, PERIOD);
    this.ofNetwork = new Allowance(ground.clock(), 3 * TRIES, PERIOD);
  }

  /** GET /device. */
  public AuthReply show(AuthCall call) {
    Optional<SignedIn> who = sessions.of(call);
    if (who.isEmpty()) {
      return Pages.seeOther(SIGN_IN);
    }
    String typed = Parameters.ofQuery(call).flatMap(query -> query.one("user_code")).orElse("");
    return enter(
        call,
        200,
        Browser.ofOrNew(call, ground.mint()),
        who.get(),
        UserCode.parse(typed).map(UserCode::shown).orElse(""),
        Optional.empty());
  }

  /** POST /device: the code was entered. */
  public AuthReply look(AuthCall call) {
    return posted(
        call,
        (who, form) -> {
          String typed = form.field("user_code");
          if (limited(call, who)) {
            return enter(
                call, 429, form.browser(), who, "", Optional.of(Phrase.of("device.too-many")));
          }
          Optional<Asked> asked = UserCode.parse(typed).flatMap(code -> find(code, who));
          if (asked.isEmpty()) {
            spend(call, who);
            return enter(
                call, 404, form.browser(), who, typed, Optional.of(Phrase.of("device.unknown")));
          }
          return pages.device(call, 200, ask(call, asked.get(), who, form.browser()));
        },
        _ -> "");
  }

  /** POST /device/answer: allowed or denied. */
  public AuthReply answer(AuthCall call) {
    return posted(
        call,
        (who, form) -> {
          Optional<Asked> asked =
              UserCode.parse(form.field("user_code")).flatMap(code -> find(code, who));
          boolean allow = form.field("decision").equals("allow");
          if (asked.isEmpty()
              || !decide(asked.get(), who, allow ? Answer.ALLOWED : Answer.DENIED)) {
            return pages.message(
                call,
                410,
                MessagePage.of(Phrase.of("device.gone-title"), Phrase.of("device.gone")));
          }
          return pages.message(
              call,
              200,
              MessagePage.of(
                  Phrase.of(allow ? "device.allowed-title" : "device.denied-title"),
                  Phrase.of(
                      allow ? "device.allowed" : "device.denied", asked.get().client().name())));
        },
        form -> form.one("user_code").orElse(""));
  }

  private boolean decide(Asked asked, SignedIn who, Answer answer) {
    return ground.transact(h -> {
      boolean first = DeviceStore.answer(h, asked.device().hash(), who.person().subject(), answer);
      if (first) {
        if (answer == Answer.ALLOWED) {
          ClientStore.markUsed(h, asked.client().id(), ground.clock().instant());
        }
        ground
            .journal()
            .note(
                answer == Answer.ALLOWED ? "device_allowed" : "device_denied",
                Map.of(
                    "subject", who.person().subject().value(),
                    "person", who.person().name(),
                    "client", asked.client().id().value(),
                    "client_name", asked.client().name(),
                    "network", asked.device().network(),
                    "resource", asked.device().resource().value(),
                    "scope", asked.device().scope()));
      }
      return first;
    });
  }

  /** Not allowed and not there look the same, also to who is signed in. */
  private Optional<Asked> find(UserCode code, SignedIn who) {
    return ground
        .transact(h ->
            DeviceStore.waiting(h, code.hash(), ground.clock().instant())
                .flatMap(device ->
                    ClientStore.find(h, device.client())
                        .flatMap(client ->
                            ground
                                .settings()
                                .issuer()
                                .serviceOf(device.resource())
                                .map(service -> new Asked(code, device, client, service)))))
        .filter(asked -> who.person().mayUse(asked.service()) && agents.knows(asked.service()));
  }

  private boolean limited(AuthCall call, SignedIn who) {
    return ofPerson.wait(person(who)).isPresent()
        || ofNetwork.wait(Network.of(call.remote())).isPresent();
  }

  private void spend(AuthCall call, SignedIn who) {
    ofPerson.spend(person(who));
    ofNetwork.spend(Network.of(call.remote()));
    ground.journal().note("device_code_unknown", Map.of("subject", who.person().subject().value()));
  }

  /** A person has an allowance of their own, whatever network they come from. */
  private static Network person(SignedIn who) {
    return new Network("person " + who.person().subject().value());
  }

  private AuthReply enter(
      AuthCall call,
      int status,
      Browser browser,
      SignedIn who,
      String typed,
      Optional<Phrase> problem) {
    return pages.deviceCode(
        call,
        status,
        new DevicePage.Enter(
            who.person().name(), typed, browser.formToken(binding(who, "")), problem),
        browser.cookie());
  }

  private DevicePage ask(AuthCall call, Asked asked, SignedIn who, Browser browser) {
    String network = asked.device().network();
    List<Scopes.Declared> declared = ground.settings().scopes().of(asked.service());
    List<String> granted = List.of(asked.device().scope().split(" "));
    return new DevicePage(
        asked.client().name(),
        asked.client().publisher().orElse(""),
        asked.service().value(),
        asked.device().resource().value(),
        declared.stream()
            .filter(scope -> granted.contains(scope.name()))
            .map(scope -> new ConsentPage.Permission(scope.name(), scope.text()))
            .toList(),
        !declared.isEmpty(),
        who.person().name(),
        network,
        network.equals(Network.of(call.remote()).prefix()),
        asked.code().shown(),
        browser.formToken(binding(who, asked.code().shown())));
  }

  private interface Then {
    AuthReply with(SignedIn who, PostedForm form);
  }

  private interface Subject {
    String of(Parameters form);
  }

  private AuthReply posted(AuthCall call, Then then, Subject subject) {
    Optional<SignedIn> who = sessions.of(call);
    if (who.isEmpty()) {
      return Pages.seeOther(SIGN_IN);
    }
    return switch (PostedForm.read(
        call, ground.settings().issuer(), form -> binding(who.get(), subject.of(form)))) {
      case Outcome.Failed<PostedForm>(Problem problem) ->
          pages.problem(call, 403, "common.form-refused", problem);
      case Outcome.Ok<PostedForm>(PostedForm form) -> then.with(who.get(), form);
    };
  }

  private static FormBinding binding(SignedIn who, String subject) {
    return new FormBinding("device", who.tag(), subject);
  }
}
