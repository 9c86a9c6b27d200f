package dev.doorward.edge.link;

import static org.assertj.core.api.Assertions.assertThat;

import dev.doorward.common.identity.AgentId;
import dev.doorward.common.identity.ServiceName;
import dev.doorward.common.outcome.Reason;
import dev.doorward.edge.fixture.FakeAllowTable;
import dev.doorward.edge.fixture.FakeLink;
import io.netty.channel.EventLoop;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.Set;
import org.junit.jupiter.api.Test;

class LinkRegistryTest {
  private static final ServiceName NOTES = new ServiceName("notes");

  private final EventLoop here = new EmbeddedChannel().eventLoop();
  private final EventLoop there = new EmbeddedChannel().eventLoop();
  private final FakeAllowTable table = new FakeAllowTable();
  private final LinkRegistry registry = new LinkRegistry(table);

  private FakeLink add(String agent, EventLoop loop, int busy) {
    var link = new FakeLink(agent, loop, "notes");
    link.busy = busy;
    assertThat(registry.add(link)).isTrue();
    return link;
  }

  @Test
  void theLeastBusyLinkIsChosen() {
    add("a", there, 5);
    FakeLink idle = add("b", there, 2);

    assertThat(registry.choose(NOTES, null, null, here)).contains(idle);
  }

  @Test
  void aLinkOnTheClientsLoopIsPreferredUnlessItIsMuchBusier() {
    FakeLink near = add("a", here, 5);
    FakeLink far = add("b", there, 0);

    assertThat(registry.choose(NOTES, null, null, here)).contains(near);
    near.busy = 9;
    assertThat(registry.choose(NOTES, null, null, here)).contains(far);
  }

  @Test
  void linksThatDrainOrFailedOrBelongToOtherAgentsAreNotChosen() {
    FakeLink a = add("a", here, 0);
    FakeLink b = add("b", here, 0);

    assertThat(registry.choose(NOTES, new AgentId("b"), null, here)).contains(b);
    assertThat(registry.choose(NOTES, null, a, here)).contains(b);
    a.accepting = false;
    b.accepting = false;
    assertThat(registry.choose(NOTES, null, null, here)).isEmpty();
    assertThat(registry.choose(new ServiceName("files"), null, null, here)).isEmpty();
  }

  @Test
  void anAgentWhoseServerAnswersIsPreferredHoweverBusy() {
    FakeLink a = add("a", here, 0);
    FakeLink b = add("b", there, 50);

    registry.health(a, NOTES, false);
    assertThat(registry.choose(NOTES, null, null, here)).contains(b);
    assertThat(registry.choose(NOTES, new AgentId("a"), null, here)).contains(a);
    registry.health(b, NOTES, false);
    assertThat(registry.choose(NOTES, null, null, here)).contains(a);
    registry.health(b, NOTES, true);
    assertThat(registry.choose(NOTES, null, null, here)).contains(b);
    registry.health(a, NOTES, true);
    assertThat(registry.choose(NOTES, null, null, here)).contains(a);
  }

  @Test
  void aRevokedAgentLosesItsLinksAndGetsNoNewOne() {
    FakeLink link = add("a", here, 0);

    table.revoked.add(new AgentId("a"));
    registry.recheck();

    assertThat(link.closed).isEqualTo(Reason.AGENT_REVOKED);
    var late = new FakeLink("a", here, "notes");
    assertThat(registry.add(late)).isFalse();
    assertThat(late.closed).isEqualTo(Reason.AGENT_REVOKED);
    assertThat(registry.choose(NOTES, null, null, here)).isEmpty();
  }

  @Test
  void theTableIsAskedForEveryCall() {
    add("a", here, 0);
    table.forbidden.add(NOTES);

    assertThat(registry.choose(NOTES, null, null, here)).isEmpty();
  }

  @Test
  void aChangeOfServicesTakesEffectAndIsRemembered() {
    FakeLink link = add("a", here, 0);
    var files = new ServiceName("files");

    link.services = Set.of(files);
    registry.changed(link);

    assertThat(registry.choose(NOTES, null, null, here)).isEmpty();
    assertThat(registry.choose(files, null, null, here)).contains(link);
    assertThat(table.known).contains(files);
    registry.remove(link);
    assertThat(registry.choose(files, null, null, here)).isEmpty();
  }
}
