package dev.doorward.agent.dial;

import io.netty.channel.Channel;

/** What became of dialling. */
public sealed interface Dialled {
  /** The connection is open, and its TLS handshake is done where it has one. */
  record Open(Channel channel) implements Dialled {}

  /** The name has no address on this machine. */
  record UnknownName() implements Dialled {}

  /** No address took a connection. */
  record Unreachable() implements Dialled {}

  /** The time is over. */
  record TimedOut(Stage waitedFor) implements Dialled {}

  /** What takes time. */
  enum Stage {
    /** The name's addresses. */
    NAME,
    /** A connection to one of them. */
    CONNECTION,
    /** The proxy's tunnel. */
    PROXY,
    /** TLS. */
    HANDSHAKE
  }

  /** The proxy on the way opened no tunnel; {@code text} is a sentence that says what to do. */
  record ProxyFailed(String text) implements Dialled {}

  /** A connection was made, and TLS was not. */
  record HandshakeFailed(Throwable cause) implements Dialled {}

  /** The process is shutting down. */
  record Stopped() implements Dialled {}
}
