package dev.doorward.auth.account;

import dev.doorward.auth.engine.AuthCall;
import dev.doorward.auth.engine.AuthReply;
import dev.doorward.auth.engine.Ground;
import dev.doorward.auth.login.Errand;
import dev.doorward.auth.login.Sessions.SignedIn;
import dev.doorward.auth.login.UpstreamForm;
import dev.doorward.auth.page.Browser;
import dev.doorward.auth.page.LinksPage;
import dev.doorward.auth.page.Pages;
import dev.doorward.auth.page.Phrase;
import dev.doorward.auth.store.UpstreamStore;
import dev.doorward.auth.store.UpstreamStore.Identity;
import dev.doorward.common.identity.Subject;
import dev.doorward.config.edge.UpstreamConfig;
import dev.doorward.config.value.ProviderName;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A person's accounts elsewhere: linking another, and taking one away. */
public final class LinksEndpoint {
  private final Ground ground;
  private final Household house;
  private final Doors doors;

  /** The endpoint. */
  public LinksEndpoint(Household house, Doors doors) {
    this.ground = house.ground();
    this.house = house;
    this.doors = doors;
  }

  /** GET /account/links. */
  public AuthReply show(AuthCall call) {
    return house.show(
        call, Errand.LINKS, (who, browser) -> page(call, 200, who, browser, Optional.empty()));
  }

  /** POST /account/links: takes one away. */
  public AuthReply remove(AuthCall call) {
    return house.act(
        call,
        Errand.LINKS,
        (who, form) -> {
          Subject subject = who.person().subject();
          String id = form.field("link");
          boolean stuck =
              ground.transact(h -> {
                boolean only =
                    UpstreamStore.isAdmittedOnly(h, subject)
                        || (UpstreamStore.of(h, subject).size() == 1
                            && !doors.hasAnotherThanLinks(h, who.person()));
                if (!only && UpstreamStore.delete(h, subject, id)) {
                  ground
                      .journal()
                      .note("account_unlinked", Map.of("subject", subject.value(), "link", id));
                }
                return only;
              });
          return stuck
              ? page(call, 400, who, form.browser(), Optional.of(Phrase.of("links.last")))
              : Pages.seeOther(Errand.LINKS.path());
        });
  }

  private AuthReply page(
      AuthCall call, int status, SignedIn who, Browser browser, Optional<Phrase> problem) {
    List<Identity> links = ground.transact(h -> UpstreamStore.of(h, who.person().subject()));
    var page =
        new LinksPage(
            links.stream().map(this::line).toList(),
            links.stream().anyMatch(Identity::admitted),
            UpstreamForm.link(ground.settings().login(), browser),
            house.csrf(browser, who, Errand.LINKS),
            problem);
    return house.pages().links(call, status, page, browser.cookie());
  }

  private LinksPage.Line line(Identity identity) {
    String name = identity.provider();
    return new LinksPage.Line(
        identity.id(),
        ProviderName.parse(name)
            .map(ground.settings().login().upstream()::get)
            .map((UpstreamConfig config) -> config.shown(name))
            .orElse(name),
        identity.shown(),
        identity.createdAt(),
        identity.usedAt());
  }
}
