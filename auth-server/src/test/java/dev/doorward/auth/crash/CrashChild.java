package dev.doorward.auth.crash;

import static dev.doorward.auth.fixture.TestClient.json;

import dev.doorward.auth.engine.AuthReply;
import dev.doorward.auth.fixture.TestClient;
import dev.doorward.auth.fixture.TestServer;
import dev.doorward.auth.fixture.Visitor;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import tools.jackson.databind.JsonNode;

/**
 * An authorization server under load until somebody kills it. What a client was told is written to
 * standard output, a line each: {@code client ID}, {@code grant CLIENT TOKEN}, {@code refresh
 * CLIENT OLD NEW}, {@code revoke CLIENT TOKEN}; never before the server had answered. {@code
 * revoking TOKEN} comes before a revocation: until the answer it may have happened or not.
 */
final class CrashChild {
  private record Held(TestClient client, String token) {}

  private CrashChild() {}

  /** {@code args}: the data directory and a seed. */
  public static void main(String[] args) {
    var random = new Random(Long.parseLong(args[1]));
    var server = new TestServer(Path.of(args[0]));
    Visitor browser = server.visitor();
    browser.signIn("ada", TestServer.PASSWORD);
    List<Held> held = new ArrayList<>();
    TestClient client = register(server);
    say("ready");
    while (true) {
      switch (held.isEmpty() ? 0 : random.nextInt(6)) {
        case 0 -> held.add(grant(client, browser));
        case 1, 2, 3 -> {
          int at = random.nextInt(held.size());
          held.set(at, refresh(held.get(at)));
        }
        case 4 -> revoke(held.remove(random.nextInt(held.size())));
        default -> client = register(server);
      }
    }
  }

  private static TestClient register(TestServer server) {
    TestClient client = TestClient.register(server);
    say("client " + client.id());
    return client;
  }

  private static Held grant(TestClient client, Visitor browser) {
    String token = refreshToken(client.redeem(client.code(browser, "ada", "notes")));
    say("grant " + client.id() + " " + token);
    return new Held(client, token);
  }

  private static Held refresh(Held old) {
    String token = refreshToken(old.client().refresh(old.token()));
    say("refresh " + old.client().id() + " " + old.token() + " " + token);
    return new Held(old.client(), token);
  }

  private static void revoke(Held old) {
    say("revoking " + old.token());
    AuthReply reply =
        old.client().post("/revoke", Map.of("token", old.token(), "client_id", old.client().id()));
    if (reply.status() == 200) {
      say("revoke " + old.client().id() + " " + old.token());
    }
  }

  private static String refreshToken(AuthReply reply) {
    JsonNode tokens = json(reply);
    if (reply.status() != 200) {
      throw new IllegalStateException(tokens.toString());
    }
    return tokens.get("refresh_token").asString();
  }

  private static void say(String line) {
    System.out.println(line);
    System.out.flush();
  }
}
