package dev.doorward.auth.upstream;

import static dev.doorward.auth.fixture.Visitor.header;
import static dev.doorward.auth.fixture.Visitor.hidden;
import static dev.doorward.auth.fixture.Visitor.text;
import static org.assertj.core.api.Assertions.assertThat;

import dev.doorward.auth.engine.AuthReply;
import dev.doorward.auth.fixture.FakeOidc;
import dev.doorward.auth.fixture.TestServer;
import dev.doorward.auth.fixture.Visitor;
import dev.doorward.auth.login.People;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** A server whose people may sign in with an OpenID provider that is called Home. */
abstract class OidcScene {
  static final String ISSUER = "https://login.example.com/realms/home";
  static final String SESSION = "__Host-doorward-session";

  @TempDir Path dataDir;
  final FakeOidc home = new FakeOidc(ISSUER, "doorward");
  TestServer server;

  @BeforeEach
  void open() {
    server = new TestServer(dataDir, yaml("allow-emails: [Ada@example.com]"));
    server.elsewhere.put("https://login.example.com", home);
  }

  @AfterEach
  void close() {
    server.close();
  }

  static String yaml(String lists) {
    return """
    login:
      upstream:
        home:
          issuer: %s
          client-id: doorward
          client-secret: "%s"
          label: Home
          services: [notes]
          %s
        other:
          issuer: https://other.example.com
          client-id: doorward
          client-secret: x
    """
        .formatted(ISSUER, FakeOidc.SECRET, lists);
  }

  /** Presses the button on the page at {@code target}; the address that the browser is sent to. */
  static String press(Visitor visitor, String target, String provider) {
    AuthReply page = visitor.get(target);
    Map<String, String> form = hidden(page, "/login/upstream/" + provider);
    AuthReply reply = visitor.post("/login/upstream/" + provider, form);
    assertThat(reply.status()).as(text(reply)).isEqualTo(200);
    return header(reply, "Refresh").replace("0; url=", "");
  }

  AuthReply signIn(Visitor visitor) {
    return visitor.get(home.visit(press(visitor, "/login", "home")));
  }

  List<String> people() {
    return server.server().people().list().stream().map(People.Person::name).toList();
  }
}
