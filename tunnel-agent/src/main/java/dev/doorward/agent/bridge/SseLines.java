package dev.doorward.agent.bridge;

import dev.doorward.agent.connect.HttpConnector;
import dev.doorward.common.identity.ServiceName;
import dev.doorward.common.outcome.Outcome;

/** Lines to a server that speaks HTTP+SSE of 2024-11-05: each line is an event stream. */
final class SseLines implements ServerLine.Source {
  private final ServiceName service;
  private final HttpConnector connector;
  private final int message;

  /** Lines to the URL of {@code connector}; {@code message} is the longest one, in bytes. */
  SseLines(ServiceName service, HttpConnector connector, int message) {
    this.service = service;
    this.connector = connector;
    this.message = message;
  }

  @Override
  public Outcome<ServerLine> open(ServerLine.Listener listener) {
    SseLine line = new SseLine(service, connector, message, listener);
    line.open();
    return Outcome.ok(line);
  }
}
