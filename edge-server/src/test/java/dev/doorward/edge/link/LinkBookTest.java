package dev.doorward.edge.link;

import static org.assertj.core.api.Assertions.assertThat;

import dev.doorward.common.identity.AgentId;
import dev.doorward.common.identity.ServiceName;
import dev.doorward.common.outcome.Reason;
import dev.doorward.edge.fixture.FakeLink;
import io.netty.channel.embedded.EmbeddedChannel;
import java.time.Instant;
import java.time.InstantSource;
import org.junit.jupiter.api.Test;

class LinkBookTest {
  private static final ServiceName NOTES = new ServiceName("notes");
  private static final Instant NOW = Instant.parse("2026-11-21T00:00:00Z");

  private final LinkBook book = new LinkBook(InstantSource.fixed(NOW));
  private final FakeLink link = new FakeLink("nas", new EmbeddedChannel().eventLoop(), "notes");

  @Test
  void aLinkIsInTheBookWhileItIsUp() {
    book.health(link, NOTES, true);
    assertThat(book.health(link, NOTES)).isEmpty();

    book.up(link);
    book.health(link, NOTES, false);

    assertThat(book.since(link)).contains(NOW);
    assertThat(book.health(link, NOTES)).contains(false);
    book.down(link, Reason.LINK_FAILED);
    assertThat(book.since(link)).isEmpty();
    assertThat(book.health(link, NOTES)).isEmpty();
    assertThat(book.lost(new AgentId("nas"))).contains(new LinkBook.Lost(Reason.LINK_FAILED, NOW));
  }

  @Test
  void aLinkThatWasLeftInPeaceIsNotLost() {
    book.up(link);

    book.down(link, Reason.SHUTTING_DOWN);

    assertThat(book.lost(new AgentId("nas"))).isEmpty();
  }
}
