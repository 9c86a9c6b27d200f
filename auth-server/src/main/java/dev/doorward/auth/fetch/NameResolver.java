package dev.doorward.auth.fetch;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;

/** Looks a host name up. Blocks. */
@FunctionalInterface
public interface NameResolver {
  /** Every address of {@code host}. */
  List<InetAddress> resolve(String host) throws UnknownHostException;

  /** The resolver of this machine. */
  static NameResolver system() {
    return host -> List.of(InetAddress.getAllByName(host));
  }
}
