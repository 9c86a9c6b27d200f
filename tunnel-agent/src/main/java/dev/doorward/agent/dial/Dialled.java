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

  /** The time is over; {@code resolving} tells that the name's addresses never came. */
  record TimedOut(boolean resolving) implements Dialled {}

  /** A connection was made, and TLS was not. */
  record HandshakeFailed(Throwable cause) implements Dialled {}

  /** The process is shutting down. */
  record Stopped() implements Dialled {}
}
