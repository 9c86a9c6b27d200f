package dev.doorward.auth.fetch;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.time.Duration;

/** Connects to an address that was judged before; never looks a name up. Blocks. */
@FunctionalInterface
public interface Dialler {
  /** A connected socket, which is the caller's to close. */
  Socket connect(InetAddress address, int port, Duration timeout) throws IOException;

  /** Connects directly, whatever proxy the environment names. */
  static Dialler direct() {
    return (address, port, timeout) -> {
      var socket = new Socket(Proxy.NO_PROXY);
      try {
        socket.connect(
            new InetSocketAddress(address, port), Math.toIntExact(Math.max(1, timeout.toMillis())));
        return socket;
      } catch (IOException e) {
        socket.close();
        throw e;
      }
    };
  }
}
