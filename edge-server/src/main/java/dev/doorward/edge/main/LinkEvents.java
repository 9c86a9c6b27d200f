package dev.doorward.edge.main;

import dev.doorward.common.identity.ServiceName;
import dev.doorward.common.outcome.Reason;
import dev.doorward.edge.link.CloneWatch;
import dev.doorward.edge.link.LinkBook;
import dev.doorward.edge.link.LinkRegistry;
import dev.doorward.transport.link.EdgeLink;
import dev.doorward.transport.link.EdgeLinkListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Carries what happens to links into the registry, notes them for people, and bounds how many one
 * agent has.
 */
final class LinkEvents implements EdgeLinkListener {
  private static final Logger LOG = LoggerFactory.getLogger(LinkEvents.class);

  private final LinkRegistry registry;
  private final LinkBook book;
  private final CloneWatch clones;
  private final int mostOfOne;

  LinkEvents(LinkRegistry registry, LinkBook book, CloneWatch clones, int mostOfOne) {
    this.registry = registry;
    this.book = book;
    this.clones = clones;
    this.mostOfOne = mostOfOne;
  }

  @Override
  public void onUp(EdgeLink link) {
    long others = registry.links().stream().filter(l -> l.agent().equals(link.agent())).count();
    if (others >= mostOfOne) {
      link.close(Reason.OVERLOADED);
    } else if (registry.add(link)) {
      book.up(link);
      registry.changed(link);
      clones.onUp(link);
    }
  }

  @Override
  public void onChange(EdgeLink link) {
    registry.changed(link);
  }

  @Override
  public void onHealth(EdgeLink link, ServiceName service, boolean up) {
    registry.health(link, service, up);
    book.health(link, service, up);
    LOG.atInfo()
        .addKeyValue("event", up ? "service_up" : "service_down")
        .addKeyValue("service", service)
        .addKeyValue("link", link.id())
        .log(up ? "the MCP server answers again" : "the MCP server does not answer");
  }

  @Override
  public void onDown(EdgeLink link, Reason reason) {
    registry.remove(link);
    book.down(link, reason);
  }
}
