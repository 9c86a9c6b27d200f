package dev.doorward.transport.loop;

import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.ServerSocketChannel;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * The event loops of a process and the kind of socket that fits them. NIO for now: the one place to
 * change for another transport. Nothing may block on these threads.
 */
public final class EventLoops implements AutoCloseable {
  // With none at all, a loop that is asked to end at the wrong moment leaves its sockets open.
  private static final Duration QUIET = Duration.ofMillis(1);
  private static final Duration CLOSE_LIMIT = Duration.ofSeconds(5);

  private final EventLoopGroup group;
  private final int threads;

  private EventLoops(EventLoopGroup group, int threads) {
    this.group = group;
    this.threads = threads;
  }

  /**
   * Starts loops.
   *
   * @param name threads are called {@code <name>-1-1}, {@code <name>-1-2}, ...
   * @param threads 1 or more
   */
  public static EventLoops start(String name, int threads) {
    if (threads < 1) {
      throw new IllegalArgumentException("threads must be 1 or more");
    }
    DefaultThreadFactory factory = new DefaultThreadFactory(name, false);
    return new EventLoops(
        new MultiThreadIoEventLoopGroup(threads, factory, NioIoHandler.newFactory()), threads);
  }

  /** One loop a processor, at least {@code atLeast}. */
  public static int threadsFor(int processors, int atLeast) {
    return Math.max(processors, atLeast);
  }

  /** The loops; a server socket and its children share them. */
  public EventLoopGroup group() {
    return group;
  }

  /** How many loops there are. */
  public int threads() {
    return threads;
  }

  /** The listening socket that fits these loops. */
  public Class<? extends ServerSocketChannel> serverChannel() {
    return NioServerSocketChannel.class;
  }

  /** The dialling socket that fits these loops. */
  public Class<? extends SocketChannel> clientChannel() {
    return NioSocketChannel.class;
  }

  /**
   * Ends all loops and waits for them, at most 5 s; sockets that are still open are closed. Drain
   * first what should end well. Not to be called from a loop.
   */
  @Override
  public void close() {
    group
        .shutdownGracefully(QUIET.toMillis(), CLOSE_LIMIT.toMillis(), TimeUnit.MILLISECONDS)
        .awaitUninterruptibly(CLOSE_LIMIT.plusSeconds(1).toMillis());
  }
}
