package dev.doorward.edge.admin;

import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Reason;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.handler.codec.http.HttpObjectAggregator;
import io.netty.handler.codec.http.HttpServerCodec;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/** The operator's socket in the data directory; who may open it may do everything. */
public final class AdminServer implements AutoCloseable {
  /** Name of the socket in the data directory. */
  public static final String SOCKET = "admin.sock";

  private static final int MAX_BODY = 64 * 1024;

  /** Longest path that a unix socket may have on Linux, in bytes. */
  private static final int MAX_PATH = 107;

  private final Channel channel;
  private final Path path;

  private AdminServer(Channel channel, Path path) {
    this.channel = channel;
    this.path = path;
  }

  /** Listens at {@code admin.sock} in {@code dataDir}, which is locked by the caller. */
  public static Outcome<AdminServer> open(
      Path dataDir, EventLoopGroup group, AdminApi api, Executor executor) {
    Path path = dataDir.resolve(SOCKET);
    if (path.toString().getBytes(StandardCharsets.UTF_8).length > MAX_PATH) {
      return Outcome.failed(
          Reason.CONFIG_VALUE_REFUSED,
          "data-dir is too long: the path of the socket in it, "
              + path
              + ", may have at most "
              + MAX_PATH
              + " bytes.");
    }
    try {
      Files.deleteIfExists(path); // left by an edge that was killed; the lock is ours
      ChannelFuture bound =
          new ServerBootstrap()
              .group(group)
              .channel(NioServerDomainSocketChannel.class)
              .childHandler(
                  new ChannelInitializer<>() {
                    @Override
                    protected void initChannel(Channel client) {
                      client
                          .pipeline()
                          .addLast(new HttpServerCodec())
                          .addLast(new HttpObjectAggregator(MAX_BODY, true))
                          .addLast(new AdminHandler(api, executor));
                      client.eventLoop().schedule(() -> client.close(), 60, TimeUnit.SECONDS);
                    }
                  })
              .bind(UnixDomainSocketAddress.of(path))
              .awaitUninterruptibly();
      if (!bound.isSuccess()) {
        return failed(path);
      }
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
      return Outcome.ok(new AdminServer(bound.channel(), path));
    } catch (IOException e) {
      return failed(path);
    }
  }

  private static Outcome<AdminServer> failed(Path path) {
    return Outcome.failed(
        Reason.STORE_FAILED, "The admin socket " + path + " cannot be made; check the directory.");
  }

  @Override
  public void close() {
    channel.close().awaitUninterruptibly(1000);
    try {
      Files.deleteIfExists(path);
    } catch (IOException e) {
      channel.close(); // the next edge on this directory removes the file
    }
  }
}
