package dev.doorward.agent.dial;

import dev.doorward.common.identity.Secret;
import dev.doorward.config.value.HostPort;
import dev.doorward.config.value.ProxyServer;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Asks a proxy for a tunnel (RFC 9110 section 9.3.6) as soon as the connection is there, and leaves
 * the pipeline when it is open. An answer of more than 8 KiB, or bytes behind it, are refused: in a
 * tunnel for TLS the client speaks first.
 */
final class ProxyTunnel extends SimpleChannelInboundHandler<ByteBuf> {
  private static final int MOST = 8 * 1024;
  private static final String END = "\r\n\r\n";
  private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[01] ([0-9]{3})(?: .*)?");

  private final ProxyServer proxy;
  private final HostPort target;
  private final Consumer<Optional<String>> result;
  private final StringBuilder head = new StringBuilder();
  private boolean told;

  /** {@code result} is told once: empty where the tunnel is open, else why not. */
  ProxyTunnel(ProxyServer proxy, HostPort target, Consumer<Optional<String>> result) {
    this.proxy = proxy;
    this.target = target;
    this.result = result;
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    String login =
        proxy
            .login()
            .map(Secret::reveal)
            .map(text ->
                "Proxy-Authorization: Basic "
                    + Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8))
                    + "\r\n")
            .orElse("");
    String request = "CONNECT " + target + " HTTP/1.1\r\nHost: " + target + "\r\n" + login + "\r\n";
    ctx.writeAndFlush(
        ByteBufUtil.encodeString(
            ctx.alloc(), java.nio.CharBuffer.wrap(request), StandardCharsets.US_ASCII));
  }

  @Override
  protected void channelRead0(ChannelHandlerContext ctx, ByteBuf data) {
    head.append(data.toString(StandardCharsets.ISO_8859_1));
    int end = head.indexOf(END);
    if (end < 0 && head.length() <= MOST) {
      return;
    }
    if (end < 0 || end > MOST) {
      tell(ctx, Optional.of("does not answer as an HTTP proxy"));
      return;
    }
    Matcher status = STATUS.matcher(head.substring(0, head.indexOf("\r\n")));
    if (!status.matches()) {
      tell(ctx, Optional.of("does not answer as an HTTP proxy"));
    } else if (!status.group(1).startsWith("2")) {
      tell(ctx, Optional.of(refusal(status.group(1))));
    } else if (head.length() > end + END.length()) {
      tell(ctx, Optional.of("spoke into the tunnel that it had opened"));
    } else {
      tell(ctx, Optional.empty());
    }
  }

  private String refusal(String status) {
    return switch (status) {
      case "407" ->
          proxy.login().isPresent()
              ? "does not take the user name and password that agent.yaml or HTTPS_PROXY gives it"
              : "wants a user name and a password; write them into the key proxy of agent.yaml:"
                  + " http://user:password@"
                  + proxy.address();
      case "403", "405" -> "forbids connections to " + target + "; its owner has to permit them";
      case "502", "503", "504" -> "cannot reach " + target + " itself (" + status + ")";
      default -> "answered " + status + " in place of a tunnel to " + target;
    };
  }

  private void tell(ChannelHandlerContext ctx, Optional<String> outcome) {
    if (told) {
      return;
    }
    told = true;
    if (outcome.isEmpty()) {
      ctx.pipeline().remove(this);
    }
    result.accept(outcome);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    tell(ctx, Optional.of("closed the connection without an answer"));
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    tell(ctx, Optional.of("broke the connection off"));
  }
}
