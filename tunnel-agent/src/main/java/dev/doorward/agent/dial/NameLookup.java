package dev.doorward.agent.dial;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Asks the system for the addresses of names, on a few threads of its own: a resolver that hangs
 * holds its thread, and would hold the carrier of a virtual one. One question a name at a time, at
 * most 256 names waiting. Safe on any thread; nothing blocks.
 */
public final class NameLookup implements AutoCloseable {
  /** The system's resolver; blocks. */
  public interface Resolver {
    /** The addresses of a name, at least one. */
    InetAddress[] resolve(String host) throws UnknownHostException;
  }

  private static final int THREADS = 4;
  private static final int WAITING = 256;
  private static final int MOST_ADDRESSES = 8;
  private static final long IDLE_SECONDS = 30;

  private final Resolver resolver;
  private final ExecutorService threads;
  private final Map<String, CompletableFuture<List<InetAddress>>> asked = new ConcurrentHashMap<>();

  /** With the system's resolver, {@code InetAddress::getAllByName}, outside of tests. */
  public NameLookup(Resolver resolver) {
    this.resolver = resolver;
    ThreadPoolExecutor pool =
        new ThreadPoolExecutor(
            THREADS,
            THREADS,
            IDLE_SECONDS,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(WAITING),
            Thread.ofPlatform().name("names-", 1).daemon().factory());
    pool.allowCoreThreadTimeOut(true);
    this.threads = pool;
  }

  /** The addresses, at most 8; none where there is no such name or too many questions wait. */
  public CompletableFuture<List<InetAddress>> find(String host) {
    CompletableFuture<List<InetAddress>> fresh = new CompletableFuture<>();
    CompletableFuture<List<InetAddress>> running = asked.putIfAbsent(host, fresh);
    if (running != null) {
      return running;
    }
    try {
      threads.execute(() -> {
        List<InetAddress> found = ask(host);
        asked.remove(host, fresh);
        fresh.complete(found);
      });
    } catch (RejectedExecutionException e) {
      asked.remove(host, fresh);
      fresh.complete(List.of());
    }
    return fresh;
  }

  private List<InetAddress> ask(String host) {
    try {
      List<InetAddress> all = List.of(resolver.resolve(host));
      return all.size() > MOST_ADDRESSES ? all.subList(0, MOST_ADDRESSES) : all;
    } catch (UnknownHostException e) {
      return List.of();
    }
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
