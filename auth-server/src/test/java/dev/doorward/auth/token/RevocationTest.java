package dev.doorward.auth.token;

import static dev.doorward.auth.fixture.TestClient.json;
import static org.assertj.core.api.Assertions.assertThat;

import dev.doorward.auth.engine.AuthReply;
import dev.doorward.auth.engine.GrantWatch;
import dev.doorward.auth.engine.Revocations;
import dev.doorward.auth.fixture.Outcomes;
import dev.doorward.auth.fixture.TestClient;
import dev.doorward.auth.fixture.TestServer;
import dev.doorward.common.identity.ServiceName;
import dev.doorward.common.token.AccessToken;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** Everything that takes access back takes it back at once. */
class RevocationTest {
  @TempDir Path dataDir;
  private TestServer server;
  private TestClient client;
  private JsonNode tokens;
  private AccessToken access;
  private Revocations revocations;
  private final AtomicInteger told = new AtomicInteger();

  @BeforeEach
  void open() {
    server = new TestServer(dataDir);
    client = TestClient.register(server);
    tokens = client.tokens("ada", "notes");
    access = server.verified(tokens.get("access_token").asString(), "notes");
    revocations = server.server().revocations();
    revocations.onChange(told::incrementAndGet);
  }

  @AfterEach
  void close() {
    server.close();
  }

  private AuthReply revoke(String token) {
    return client.post("/revoke", Map.of("token", token, "client_id", client.id()));
  }

  @Test
  void byRefreshToken() {
    assertThat(revoke(tokens.get("refresh_token").asString()).status()).isEqualTo(200);

    assertThat(revocations.isRevoked(access)).isTrue();
    assertThat(told).hasValue(1);
    assertThat(client.refresh(tokens.get("refresh_token").asString()).status()).isEqualTo(400);
  }

  @Test
  void byAccessToken() {
    assertThat(revoke(tokens.get("access_token").asString()).status()).isEqualTo(200);

    assertThat(revocations.isRevoked(access)).isTrue();
    assertThat(client.refresh(tokens.get("refresh_token").asString()).status()).isEqualTo(400);
  }

  @Test
  void unknownOrTamperedTokenIsAnsweredAlike() {
    String jwt = tokens.get("access_token").asString();
    String tampered = jwt.substring(0, jwt.length() - 4) + "AAAA";

    assertThat(revoke("nonsense").status()).isEqualTo(200);
    assertThat(revoke("a.b.c").status()).isEqualTo(200);
    assertThat(revoke(tampered).status()).isEqualTo(200);
    assertThat(revoke("x".repeat(20_000)).status()).isEqualTo(200);
    assertThat(revocations.isRevoked(access)).isFalse();
    assertThat(told).hasValue(0);
  }

  @Test
  void notByAnotherClient() {
    String other = TestClient.register(server).id();
    for (String token : new String[] {"access_token", "refresh_token"}) {
      AuthReply reply =
          client.post("/revoke", Map.of("token", tokens.get(token).asString(), "client_id", other));
      assertThat(reply.status()).isEqualTo(200);
    }

    assertThat(revocations.isRevoked(access)).isFalse();
  }

  @Test
  void needsAKnownClientAndOneToken() {
    Map<String, String> form = new HashMap<>();
    form.put("token", "x");
    assertThat(client.post("/revoke", form).status()).isEqualTo(401);
    form.put("client_id", "dcr_nobody");
    assertThat(client.post("/revoke", form).status()).isEqualTo(401);
    assertThat(client.post("/revoke", Map.of("client_id", client.id())).status()).isEqualTo(400);
  }

  @Test
  void personWhoIsRemovedIsOutAtOnce() {
    Outcomes.ok(server.server().people().remove("ada"));

    assertThat(revocations.isRevoked(access)).isTrue();
    assertThat(told).hasValue(1);
  }

  @Test
  void removedPersonIsNotBackUnderTheSameName() {
    Outcomes.ok(server.server().people().remove("ada"));
    Outcomes.ok(
        server
            .server()
            .people()
            .addWithPassword("ada", false, Set.of(new ServiceName("notes")), TestServer.PASSWORD));

    assertThat(revocations.isRevoked(access)).isTrue();
  }

  @Test
  void personWhoLosesTheServiceIsOutAndMayComeBack() {
    Outcomes.ok(server.server().people().allow("ada", Set.of(new ServiceName("mail"))));
    assertThat(revocations.isRevoked(access)).isTrue();
    assertThat(told).hasValue(1);

    Outcomes.ok(server.server().people().allow("ada", Set.of(new ServiceName("notes"))));
    assertThat(revocations.isRevoked(access)).isFalse();
  }

  @Test
  void tokenOfAGrantThatNobodyKnowsCountsAsRevoked() {
    var foreign =
        new AccessToken(
            access.issuer(),
            access.subject(),
            access.person(),
            access.client(),
            access.audience(),
            access.scopes(),
            "g_unknown",
            access.id(),
            access.issuedAt(),
            access.expiresAt(),
            access.boundTo());

    assertThat(revocations.isRevoked(foreign)).isTrue();
  }

  @Test
  void grantsAndCodesThatRanOutAreSweptAndNothingElse() {
    String fresh = client.tokens("ben", "mail").get("refresh_token").asString();
    server.clock.advance(Duration.ofDays(29));
    fresh = json(client.refresh(fresh)).get("refresh_token").asString();
    server.clock.advance(Duration.ofDays(2));

    server.call("GET", "/jwks", Map.of(), "");

    assertThat(revocations.isRevoked(access)).as("swept with its last refresh token").isTrue();
    assertThat(client.refresh(fresh).status()).isEqualTo(200);
  }

  /** What somebody else knows who follows. */
  private static final class Copy implements GrantWatch {
    private final Set<String> grants = new HashSet<>();
    private final Map<String, Holder> holders = new HashMap<>();

    private Set<ServiceName> services(AccessToken token) {
      return Objects.requireNonNull(holders.get(token.subject().value())).services();
    }

    @Override
    public void holders(Collection<Holder> now) {
      holders.clear();
      now.forEach(holder -> holders.put(holder.subject().value(), holder));
    }

    @Override
    public void begun(Collection<String> begun) {
      grants.addAll(begun);
    }

    @Override
    public void ended(Collection<String> ended) {
      grants.removeAll(ended);
    }
  }

  @Test
  void whoFollowsKnowsWhatIsThereAndEachChangeBeforeItsAnswer() {
    var copy = new Copy();
    revocations.follow(copy);
    assertThat(copy.grants).contains(access.grant());
    assertThat(copy.services(access)).containsExactly(new ServiceName("notes"));

    AccessToken next =
        server.verified(client.tokens("ada", "notes").get("access_token").asString(), "notes");
    assertThat(copy.grants).contains(access.grant(), next.grant());

    assertThat(revoke(tokens.get("refresh_token").asString()).status()).isEqualTo(200);
    assertThat(copy.grants).contains(next.grant()).doesNotContain(access.grant());

    var _ = server.server().people().allow("ada", Set.of());
    assertThat(copy.services(access)).isEmpty();
    var _ = server.server().people().remove("ada");
    assertThat(copy.holders).doesNotContainKey(access.subject().value());
  }
}
