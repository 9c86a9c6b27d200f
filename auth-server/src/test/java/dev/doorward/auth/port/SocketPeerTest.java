package dev.doorward.auth.port;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.attribute.UserPrincipal;
import org.junit.jupiter.api.Test;

class SocketPeerTest {
  private record User(String name) implements UserPrincipal {
    @Override
    public String getName() {
      return name;
    }
  }

  private static final User OWNER = new User("doorward-auth");
  private static final User OTHER = new User("nobody");

  @Test
  void onlyTheOwnerAndRootMayAskWhereThereIsNoGroup() {
    assertThat(SocketPeer.mayAsk(OWNER, OWNER, false)).isTrue();
    assertThat(SocketPeer.mayAsk(new User("root"), OWNER, false)).isTrue();
    assertThat(SocketPeer.mayAsk(OTHER, OWNER, false)).isFalse();
  }

  @Test
  void withAGroupTheModeOfTheSocketDecides() {
    assertThat(SocketPeer.mayAsk(OTHER, OWNER, true)).isTrue();
  }
}
