package dev.doorward.auth.engine;

/** What answers one method of one path. Blocks on storage and hashing; safe on any thread. */
@FunctionalInterface
public interface Endpoint {
  /** The answer; whatever the input, an exception is a bug or broken storage. */
  AuthReply handle(AuthCall call);
}
