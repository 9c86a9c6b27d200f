package dev.doorward.transport.link;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.DelayQueue;
import java.util.concurrent.Delayed;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * A TCP wire with a length that can be cut, or fall silent both ways while its connections stay
 * open.
 */
final class Wire implements AutoCloseable {
  private final ServerSocket server;
  private final int target;
  private final Set<Socket> sockets = ConcurrentHashMap.newKeySet();
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private final long delayNanos;
  private boolean silent;

  Wire(int target) throws IOException {
    this(target, Duration.ZERO);
  }

  /** A wire on which every byte takes {@code delay}. */
  Wire(int target, Duration delay) throws IOException {
    this.target = target;
    this.delayNanos = delay.toNanos();
    server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::accept);
  }

  int port() {
    return server.getLocalPort();
  }

  /** From now on nothing passes, and nobody is told. */
  void fallSilent() {
    lock.lock();
    try {
      silent = true;
    } finally {
      lock.unlock();
    }
  }

  /** Resets all connections. */
  void cut() throws IOException {
    for (Socket socket : sockets) {
      if (!socket.isClosed()) {
        socket.setSoLinger(true, 0);
        socket.close();
      }
    }
  }

  private void accept() {
    try {
      while (true) {
        Socket in = server.accept();
        Socket out = new Socket(InetAddress.getLoopbackAddress(), target);
        sockets.add(in);
        sockets.add(out);
        Thread.ofVirtual().start(() -> pump(in, out));
        Thread.ofVirtual().start(() -> pump(out, in));
      }
    } catch (IOException e) {
      // Closed.
    }
  }

  /** Bytes on their way, and when they arrive. */
  private record Piece(byte[] bytes, long due) implements Delayed {
    @Override
    public long getDelay(TimeUnit unit) {
      return unit.convert(due - System.nanoTime(), TimeUnit.NANOSECONDS);
    }

    @Override
    public int compareTo(Delayed other) {
      return Long.compare(due, ((Piece) other).due);
    }
  }

  private void pump(Socket from, Socket to) {
    DelayQueue<Piece> way = new DelayQueue<>();
    Thread.ofVirtual().start(() -> deliver(way, to));
    byte[] buffer = new byte[16_384];
    try (from) {
      InputStream in = from.getInputStream();
      long last = 0;
      for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
        awaitSound();
        // Never two at one time, so that their order is kept.
        last = Math.max(last + 1, System.nanoTime() + delayNanos);
        way.add(new Piece(Arrays.copyOf(buffer, read), last));
      }
    } catch (IOException | InterruptedException e) {
      // Cut.
    } finally {
      way.add(new Piece(new byte[0], System.nanoTime() + delayNanos));
    }
  }

  private void deliver(DelayQueue<Piece> way, Socket to) {
    try (to) {
      OutputStream out = to.getOutputStream();
      for (Piece piece = way.take(); piece.bytes().length > 0; piece = way.take()) {
        awaitSound();
        out.write(piece.bytes());
      }
    } catch (IOException | InterruptedException e) {
      // Cut.
    }
  }

  private void awaitSound() throws InterruptedException {
    lock.lockInterruptibly();
    try {
      while (silent) {
        changed.await();
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
    lock.lock();
    try {
      silent = false;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    cut();
  }
}
