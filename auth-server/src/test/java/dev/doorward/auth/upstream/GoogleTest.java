package dev.doorward.auth.upstream;

import static org.assertj.core.api.Assertions.assertThat;

import dev.doorward.auth.fixture.FakeOidc;
import dev.doorward.auth.fixture.FakeProviders;
import dev.doorward.auth.fixture.SetClock;
import dev.doorward.auth.fixture.Settings;
import dev.doorward.auth.fixture.TestServer;
import dev.doorward.config.edge.LoginConfig;
import java.net.URI;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What is particular about Google: its issuer is known, and the domain is a claim of its own. */
class GoogleTest {
  private final FakeOidc google =
      new FakeOidc("https://accounts.google.com", "123.apps.googleusercontent.com");
  private final FakeProviders web = new FakeProviders();
  private Providers.Named provider = named();

  @BeforeEach
  void open() {
    web.put("https://accounts.google.com", google);
    provider = named();
  }

  private Providers.Named named() {
    LoginConfig login =
        Settings.config(
                """
                login:
                  upstream:
                    google:
                      kind: google
                      client-id: 123.apps.googleusercontent.com
                      client-secret: "%s"
                      allow-domains: [example.com]
                """
                    .formatted(FakeOidc.SECRET))
            .login();
    return new Providers(login, web, new SetClock()).find("google").orElseThrow();
  }

  private boolean comesIn() {
    var trip =
        new Provider.Trip(
            URI.create("https://edge.example/login/upstream/google/callback"),
            "dwu_state",
            "nonce",
            "verifier-verifier-verifier-verifier-verifier",
            false);
    String url =
        switch (provider.provider().begin(trip)) {
          case Provider.Start.Go(URI to) -> to.toString();
          case Provider.Start.Out(String why) -> throw new AssertionError(why);
        };
    String back = google.visit(url);
    String code = FakeOidc.parameters(URI.create(TestServer.ISSUER.value() + back)).get("code");
    return switch (provider
        .provider()
        .finish(trip, new Provider.Returned(String.valueOf(code), Optional.empty()))) {
      case Provider.Finish.Known(Account account) -> Admission.allows(provider.config(), account);
      case Provider.Finish.Refused(String why) -> throw new AssertionError(why);
      case Provider.Finish.Out(String why) -> throw new AssertionError(why);
    };
  }

  @Test
  void domainIsTheClaimOfTheTokenAndNotThatOfTheAddress() {
    google.person.put("email", "ada@example.com");
    assertThat(comesIn()).isFalse();

    google.person.put("hd", "evil.example");
    assertThat(comesIn()).isFalse();

    google.person.put("hd", "example.com");
    google.person.put("email", "ada@elsewhere.example");
    assertThat(comesIn()).isTrue();
  }
}
