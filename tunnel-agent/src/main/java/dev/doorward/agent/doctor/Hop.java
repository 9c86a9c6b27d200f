package dev.doorward.agent.doctor;

import dev.doorward.common.outcome.Problem;

/** One hop of the way, looked at. */
public sealed interface Hop {
  /**
   * What the hop is called: config, identity, name, port or proxy, tls, certificate, edge, service,
   * mcp.
   */
  String name();

  /** It works; {@code text} says what was found. */
  record Good(String name, String text) implements Hop {}

  /** It does not; the problem's text says what to do. */
  record Bad(String name, Problem problem) implements Hop {}
}
