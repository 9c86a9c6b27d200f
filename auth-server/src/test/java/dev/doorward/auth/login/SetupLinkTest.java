package dev.doorward.auth.login;

import static dev.doorward.auth.fixture.Outcomes.ok;
import static dev.doorward.auth.fixture.Outcomes.problem;
import static dev.doorward.auth.fixture.Visitor.hidden;
import static dev.doorward.auth.fixture.Visitor.location;
import static dev.doorward.auth.fixture.Visitor.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.doorward.auth.engine.AuthReply;
import dev.doorward.auth.fixture.TestServer;
import dev.doorward.auth.fixture.Visitor;
import dev.doorward.auth.login.People.Invited;
import dev.doorward.auth.login.People.Person;
import dev.doorward.common.identity.ServiceName;
import dev.doorward.common.outcome.Reason;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** People as the operator sees them, and the links with which they set their password. */
class SetupLinkTest {
  private static final String CHOSEN = "kettle fog 3 marble";

  @TempDir Path dataDir;
  private TestServer server;
  private People people;

  @BeforeEach
  void open() {
    server = new TestServer(dataDir);
    people = server.server().people();
  }

  @AfterEach
  void close() {
    server.close();
  }

  private static String path(Invited invited) {
    assertThat(invited.setupUrl()).startsWith("https://edge.example/login/setup?code=dwl_");
    return invited.setupUrl().substring("https://edge.example".length());
  }

  private static AuthReply choose(Visitor browser, String link, String password, String repeat) {
    Map<String, String> fields = hidden(browser.get(link));
    fields.put("password", password);
    fields.put("repeat", repeat);
    return browser.post("/login/setup", fields);
  }

  @Test
  void linkSetsThePasswordOnceAndSignsIn() {
    String link = path(ok(people.add("Grace", false, Set.of())));
    Visitor browser = server.visitor();
    assertThat(text(browser.get(link))).contains("Welcome, <bdi>grace</bdi>");

    assertThat(location(choose(browser, link, CHOSEN, CHOSEN))).isEqualTo("/account");

    assertThat(browser.get("/account").status()).isEqualTo(200);
    assertThat(server.visitor().signIn("grace", CHOSEN).status()).isEqualTo(303);
    AuthReply again = server.visitor().get(link);
    assertThat(again.status()).isEqualTo(410);
    assertThat(text(again)).contains("setup_link_invalid");
    assertThat(server.notes.events()).contains("person_added", "password_set");
  }

  @Test
  void passwordThatBreaksARuleLeavesTheLinkGood() {
    String link = path(ok(people.add("grace", false, Set.of())));
    Visitor browser = server.visitor();

    AuthReply weak = choose(browser, link, "short", "short");
    assertThat(weak.status()).isEqualTo(400);
    assertThat(text(weak)).contains("use at least 15 characters");
    assertThat(text(choose(browser, link, CHOSEN, CHOSEN + "x"))).contains("passwords differ");

    assertThat(choose(browser, link, CHOSEN, CHOSEN).status()).isEqualTo(303);
  }

  @Test
  void linkLivesOneHour() {
    String link = path(ok(people.add("grace", false, Set.of())));
    server.clock.advance(Duration.ofMinutes(60));

    assertThat(server.visitor().get(link).status()).isEqualTo(410);
  }

  @Test
  void newLinkReplacesTheOldOneAndThePasswordStaysUntilItIsUsed() {
    String first = path(ok(people.resetLink("ada")));
    String second = path(ok(people.resetLink("ada")));
    Visitor signedIn = server.visitor();
    signedIn.signIn("ada", TestServer.PASSWORD);

    assertThat(server.visitor().get(first).status()).isEqualTo(410);
    assertThat(signedIn.get("/account").status()).isEqualTo(200);

    choose(server.visitor(), second, CHOSEN, CHOSEN);

    assertThat(location(signedIn.get("/account"))).as("old sessions end").isEqualTo("/login");
    assertThat(server.visitor().signIn("ada", TestServer.PASSWORD).status()).isEqualTo(401);
  }

  @Test
  void linkSurvivesAPowerCut(@TempDir Path elsewhere) {
    String link = path(ok(people.add("grace", false, Set.of())));

    try (TestServer again = server.powerCut(elsewhere.resolve("copy"))) {
      assertThat(choose(again.visitor(), link, CHOSEN, CHOSEN).status()).isEqualTo(303);
    }
  }

  @Test
  void firstPersonEverIsAnOwner(@TempDir Path elsewhere) throws Exception {
    java.nio.file.Files.createFile(elsewhere.resolve("doorward.db"));
    try (TestServer empty = new TestServer(elsewhere)) {
      People fresh = empty.server().people();

      assertThat(ok(fresh.add("first", false, Set.of())).person().owner()).isTrue();
      assertThat(ok(fresh.add("second", false, Set.of())).person().owner()).isFalse();
    }
  }

  @Test
  void listShowsEverybodyByName() {
    ok(people.add("grace", false, Set.of(new ServiceName("mail"))));

    List<Person> all = people.list();

    assertThat(all).extracting(Person::name).containsExactly("ada", "ben", "grace", "olga");
    assertThat(all).extracting(Person::signedUp).containsExactly(true, true, false, true);
    assertThat(all.get(2).services()).containsExactly(new ServiceName("mail"));
  }

  @Test
  void refusalsSayWhy() {
    assertThat(problem(people.add("ADA", false, Set.of())).reason())
        .isEqualTo(Reason.PERSON_EXISTS);
    for (String name : List.of("", "a b", "-x", "x".repeat(65), "ad\u00e4", "a\nb")) {
      assertThat(problem(people.add(name, false, Set.of())).reason())
          .isEqualTo(Reason.PERSON_NAME_REFUSED);
    }
    assertThat(problem(people.remove("nobody")).reason()).isEqualTo(Reason.PERSON_UNKNOWN);
    assertThat(problem(people.allow("nobody", Set.of())).reason()).isEqualTo(Reason.PERSON_UNKNOWN);
    assertThat(problem(people.resetLink("nobody")).reason()).isEqualTo(Reason.PERSON_UNKNOWN);
    assertThat(problem(people.addWithPassword("x", false, Set.of(), "short")).reason())
        .isEqualTo(Reason.PASSWORD_REFUSED);
  }

  @Test
  void nothingChangesThatCannotBeRecorded() {
    server.notes.breakDown();

    assertThat(problem(people.remove("ada")).reason()).isEqualTo(Reason.AUDIT_UNAVAILABLE);
    assertThat(problem(people.add("grace", true, Set.of())).reason())
        .isEqualTo(Reason.AUDIT_UNAVAILABLE);
    assertThat(people.list()).extracting(Person::name).containsExactly("ada", "ben", "olga");
  }
}
