package dev.doorward.auth.page;

import java.util.List;

/**
 * What a person is asked before a client gets access.
 *
 * @param client what the client calls itself
 * @param publisher host whose document describes the client, or empty where nobody vouches for it
 * @param target where the answer goes: a host name, or what opens an app
 * @param targetNote what that means, in a sentence
 * @param local whether the answer goes to a program on the person's device
 * @param more what it may beside the plain use of the service
 * @param some whether there are tools that the plain use of the service does not cover
 * @param scope all of that as the protocol names it
 */
public record ConsentPage(
    String client,
    String publisher,
    String target,
    Phrase targetNote,
    boolean local,
    String service,
    String resource,
    List<Permission> more,
    boolean some,
    String person,
    String request,
    String scope,
    String csrf) {

  /** A scope of the operator's, and what it permits in the operator's words. */
  public record Permission(String scope, String text) {}

  /** Copies the permissions. */
  public ConsentPage {
    more = List.copyOf(more);
  }
}
