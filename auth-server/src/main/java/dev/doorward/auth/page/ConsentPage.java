package dev.doorward.auth.page;

/**
 * What a person is asked before a client gets access.
 *
 * @param client what the client calls itself
 * @param publisher host whose document describes the client, or empty where nobody vouches for it
 * @param target where the answer goes: a host name, or what opens an app
 * @param targetNote what that means, in a sentence
 * @param local whether the answer goes to a program on the person's device
 */
public record ConsentPage(
    String client,
    String publisher,
    String target,
    Phrase targetNote,
    boolean local,
    String service,
    String resource,
    String person,
    String request,
    String csrf) {}
