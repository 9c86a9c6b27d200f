package dev.doorward.transport.tls;

import io.netty.channel.Channel;

/** Takes over a connection whose TLS handshake is done and checked. */
@FunctionalInterface
public interface PeerListener {
  /**
   * Called once a connection, on its event loop. The pipeline holds the TLS handler, named {@link
   * ServerTlsHandler#TLS}, and nothing behind it; the listener adds what it needs before it
   * returns, so that no byte is missed.
   */
  void onPeer(Channel channel, TlsPeer peer);
}
