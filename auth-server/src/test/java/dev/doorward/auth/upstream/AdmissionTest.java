package dev.doorward.auth.upstream;

import static dev.doorward.auth.fixture.Visitor.location;
import static dev.doorward.auth.fixture.Visitor.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.doorward.auth.engine.AuthReply;
import dev.doorward.auth.fixture.Outcomes;
import dev.doorward.auth.fixture.TestServer;
import dev.doorward.auth.fixture.Visitor;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Who comes in by a list of the operator, and who does not. */
class AdmissionTest extends OidcScene {
  @Test
  void nobodyComesInWhereNothingIsListed() {
    server.restart(yaml(""));

    AuthReply reply = signIn(server.visitor());

    assertThat(reply.status()).isEqualTo(403);
    assertThat(text(reply)).contains("not on the list of this server", "person_not_admitted");
    assertThat(people()).doesNotContain("ada@example.com");
    assertThat(server.notes.last().event()).isEqualTo("upstream_refused");
  }

  @Test
  void addressThatTheProviderHasNotVerifiedIsNone() {
    for (Object verified : new Object[] {false, "false", 1, "yes"}) {
      home.person.put("email_verified", verified);
      assertThat(signIn(server.visitor()).status()).isEqualTo(403);
    }
    home.person.remove("email_verified");
    assertThat(signIn(server.visitor()).status()).isEqualTo(403);
  }

  @Test
  void domainIsThatOfAVerifiedAddressAndWhole() {
    server.restart(yaml("allow-domains: [example.com]"));
    assertThat(signIn(server.visitor()).status()).isEqualTo(303);

    for (String email :
        new String[] {"x@sub.example.com", "x@evil-example.com", "x@example.com@evil.example"}) {
      home.person.put("sub", email);
      home.person.put("email", email);
      assertThat(signIn(server.visitor()).status()).as(email).isEqualTo(403);
    }
  }

  @Test
  void groupsAreReadFromTheClaimThatTheOperatorNames() {
    server.restart(yaml("groups-claim: roles\n      allow-groups: [family]"));
    home.person.put("groups", List.of("family"));
    assertThat(signIn(server.visitor()).status()).isEqualTo(403);
    home.person.put("roles", "family");
    assertThat(signIn(server.visitor()).status()).isEqualTo(403);

    home.person.put("roles", List.of("staff", "family"));
    assertThat(signIn(server.visitor()).status()).isEqualTo(303);
  }

  @Test
  void accountIsKnownByItsIdentifierAndNotByItsAddress() {
    signIn(server.visitor());
    home.person.put("email", "ada.new@example.com");
    home.person.put("email_verified", true);
    server.restart(yaml("allow-emails: [ada@example.com, ada.new@example.com]"));
    Visitor same = server.visitor();
    signIn(same);
    assertThat(text(same.get("/account"))).contains("<bdi>ada@example.com</bdi>");

    home.person.put("sub", "somebody-else");
    home.person.put("email", "ada@example.com");
    Visitor other = server.visitor();
    signIn(other);
    assertThat(text(other.get("/account"))).contains("<bdi>ada@example.com-2</bdi>");
  }

  @Test
  void addressOfALocalPersonMakesNobodyThatPerson() {
    Outcomes.ok(
        server
            .server()
            .people()
            .addWithPassword("ada@example.com", true, Set.of(), TestServer.PASSWORD));

    Visitor visitor = server.visitor();
    signIn(visitor);

    assertThat(text(visitor.get("/account")))
        .contains("<bdi>ada@example.com-2</bdi>")
        .doesNotContain("an owner of this server");
  }

  @Test
  void whoIsTakenOffTheListDoesNotComeInAgainAndIsOutEverywhere() {
    Visitor before = server.visitor();
    signIn(before);
    server.restart(yaml("allow-emails: [ben@example.com]"));
    assertThat(before.get("/account").status()).isEqualTo(200);

    assertThat(signIn(server.visitor()).status()).isEqualTo(403);

    assertThat(location(before.get("/account"))).isEqualTo("/login");
  }

  @ParameterizedTest
  @ValueSource(strings = {"/account/passkeys", "/account/password", "/account/second-factor"})
  void whoCameInByAListHasNoWayInThatOutlivesIt(String page) {
    Visitor visitor = server.visitor();
    signIn(visitor);

    assertThat(location(visitor.get(page))).isEqualTo("/account");
    assertThat(text(visitor.get("/account"))).doesNotContain(page);
    assertThat(text(visitor.get("/account/links")))
        .contains("sign in with it only")
        .doesNotContain("/login/upstream/");
  }
}
