package dev.doorward.edge.legacy;

import static org.assertj.core.api.Assertions.assertThat;

import dev.doorward.common.identity.AgentId;
import dev.doorward.common.identity.ClientId;
import dev.doorward.common.identity.ServiceName;
import dev.doorward.common.identity.Subject;
import dev.doorward.edge.legacy.SessionSeal.Owner;
import dev.doorward.edge.legacy.SessionSeal.Session;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SessionSealTest {
  private static final Owner ANN = owner("notes", "ann", "c1");
  private static final Session SESSION = new Session(new AgentId("nas"), "abc-123");

  private final SessionSeal seal = new SessionSeal(new byte[32]);

  private static Owner owner(String service, String subject, String client) {
    return new Owner(new ServiceName(service), new Subject(subject), new ClientId(client));
  }

  @Test
  void anyEdgeWithTheKeyOpensWhatAnotherSealed() {
    String sealed = seal.seal(SESSION, ANN);

    assertThat(sealed).doesNotContain("abc").matches("[A-Za-z0-9_-]+");
    assertThat(new SessionSeal(new byte[32]).open(sealed, ANN)).contains(SESSION);
  }

  @Test
  void oneSessionHasOneText() {
    assertThat(seal.seal(SESSION, ANN)).isEqualTo(seal.seal(SESSION, ANN));
    assertThat(seal.seal(SESSION, ANN))
        .isNotEqualTo(seal.seal(SESSION, owner("notes", "bob", "c1")));
  }

  @Test
  void forEverybodyElseItDoesNotExist() {
    String sealed = seal.seal(SESSION, ANN);

    assertThat(seal.open(sealed, owner("notes", "bob", "c1"))).isEmpty();
    assertThat(seal.open(sealed, owner("notes", "ann", "c2"))).isEmpty();
    assertThat(seal.open(sealed, owner("files", "ann", "c1"))).isEmpty();
    byte[] other = new byte[32];
    other[0] = 1;
    assertThat(new SessionSeal(other).open(sealed, ANN)).isEmpty();
  }

  @Test
  void aTextWithAnyOtherBitDoesNotOpen() {
    byte[] sealed = Base64.getUrlDecoder().decode(seal.seal(SESSION, ANN));
    for (int i = 0; i < sealed.length; i++) {
      byte[] changed = sealed.clone();
      changed[i] ^= 1;
      String text = Base64.getUrlEncoder().withoutPadding().encodeToString(changed);
      assertThat(seal.open(text, ANN)).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "x", "AAAA", "not base64 !", "1868a90d-6bd1-4a2c-b1f0-d22d0d90a0f1"})
  void whatWasNeverSealedDoesNotOpen(String text) {
    assertThat(seal.open(text, ANN)).isEmpty();
  }

  @Test
  void idsOfServersMustBeVisibleAndNotTooLong() {
    assertThat(SessionSeal.isValid("abc~!")).isTrue();
    assertThat(SessionSeal.isValid("a b")).isFalse();
    assertThat(SessionSeal.isValid("")).isFalse();
    assertThat(SessionSeal.isValid("x".repeat(1025))).isFalse();
    Session longest = new Session(new AgentId("a".repeat(32)), "x".repeat(1024));
    assertThat(seal.open(seal.seal(longest, ANN), ANN)).contains(longest);
  }
}
