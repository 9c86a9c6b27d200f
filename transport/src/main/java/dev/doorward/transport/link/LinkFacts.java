package dev.doorward.transport.link;

/**
 * What is known of the other end of an edge's link: for people, not for decisions.
 *
 * @param remote address that the agent dialled from, without its port
 * @param software what the agent says it is; no control characters
 * @param instance what the agent's process calls itself, new at each of its starts
 * @param index which of that process's links this is, from 0
 */
public record LinkFacts(String remote, String software, String instance, int index) {
  /** Nothing is known before the agent's hello. */
  static final LinkFacts NONE = new LinkFacts("", "", "", 0);
}
