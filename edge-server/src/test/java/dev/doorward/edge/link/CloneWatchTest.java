package dev.doorward.edge.link;

import static org.assertj.core.api.Assertions.assertThat;

import dev.doorward.edge.fixture.FakeAllowTable;
import dev.doorward.edge.fixture.FakeLink;
import dev.doorward.transport.link.LinkFacts;
import io.netty.channel.EventLoop;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CloneWatchTest {
  private final EventLoop loop = new EmbeddedChannel().eventLoop();
  private final LinkRegistry registry = new LinkRegistry(new FakeAllowTable());
  private final List<Runnable> waiting = new ArrayList<>();
  private final List<String> alarms = new ArrayList<>();
  private final CloneWatch watch =
      new CloneWatch(
          registry,
          (link, delay, task) -> waiting.add(task),
          (agent, one, other) -> alarms.add(agent + ": " + one + " and " + other));

  private FakeLink up(String agent, String instance, String remote) {
    var link = new FakeLink(agent, loop, "notes");
    link.facts = new LinkFacts(remote, "test", instance, 0);
    assertThat(registry.add(link)).isTrue();
    watch.onUp(link);
    return link;
  }

  private void later() {
    List<Runnable> due = List.copyOf(waiting);
    waiting.clear();
    due.forEach(Runnable::run);
  }

  @Test
  void twoProcessesWithOneKeyAreToldWithBothAddressesOnce() {
    up("nas", "a", "192.0.2.1");
    up("nas", "a", "192.0.2.1");
    assertThat(waiting).isEmpty();
    up("nas", "b", "198.51.100.9");
    up("nas", "b", "198.51.100.9");

    later();

    assertThat(alarms).containsExactly("nas: 192.0.2.1 and 198.51.100.9");
  }

  @Test
  void aRestartedOrMovedAgentIsNoClone() {
    FakeLink old = up("nas", "a", "192.0.2.1");
    FakeLink drains = up("nas", "c", "192.0.2.1");
    up("nas", "b", "198.51.100.9");

    registry.remove(old);
    drains.accepting = false;
    later();

    assertThat(alarms).isEmpty();
  }

  @Test
  void otherAgentsAreNoClones() {
    up("nas", "a", "192.0.2.1");
    up("laptop", "b", "198.51.100.9");

    assertThat(waiting).isEmpty();
  }
}
