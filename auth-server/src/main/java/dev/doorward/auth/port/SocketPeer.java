package dev.doorward.auth.port;

import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.nio.NioChannelOption;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import jdk.net.ExtendedSocketOptions;
import jdk.net.UnixDomainPrincipal;

/**
 * Whether the process at the other end of a socket may ask. The mode of the socket keeps others
 * out; this looks at who it is all the same, since a mode can be changed.
 */
final class SocketPeer {
  private static final ChannelOption<UnixDomainPrincipal> CREDENTIALS =
      NioChannelOption.of(ExtendedSocketOptions.SO_PEERCRED);

  private SocketPeer() {}

  static boolean mayAsk(Channel channel, Path socket, boolean group) {
    try {
      UnixDomainPrincipal peer = channel.config().getOption(CREDENTIALS);
      return peer != null && mayAsk(peer.user(), Files.getOwner(socket), group);
    } catch (IOException e) {
      return false;
    }
  }

  /**
   * The rule.
   *
   * @param group whether members of a group may: then the mode of the socket decides
   */
  static boolean mayAsk(UserPrincipal peer, UserPrincipal owner, boolean group) {
    return group || peer.equals(owner) || peer.getName().equals("root");
  }
}
