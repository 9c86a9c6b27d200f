package dev.doorward.agent.process;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A running process: lines go in, lines come out. Its threads are platform threads, because reads
 * of a pipe hold on to their carrier. Safe on any thread.
 */
public final class ServerProcess {
  private static final int MOST_LINES = 1_000;

  private final Process process;
  private final Launch launch;
  private final ProcessGuard guard;
  private final ProcessListener listener;

  /** What waits to be written; nothing stands for the end of the input. */
  private final BlockingQueue<Optional<byte[]>> lines = new LinkedBlockingQueue<>();

  private final AtomicLong waiting = new AtomicLong();
  private final AtomicBoolean stopping = new AtomicBoolean();
  private final CompletableFuture<Void> ended = new CompletableFuture<>();
  private volatile @Nullable ProcessEnd why;

  ServerProcess(Process process, Launch launch, ProcessGuard guard, ProcessListener listener) {
    this.process = process;
    this.launch = launch;
    this.guard = guard;
    this.listener = listener;
  }

  /** Lets the process begin, which waits for a word before it runs its command. */
  void begin() throws IOException {
    OutputStream in = process.getOutputStream();
    in.write("go\n".getBytes(StandardCharsets.US_ASCII));
    in.flush();
    String name = launch.service() + "-" + process.pid();
    Thread.ofPlatform().daemon().name(name + "-in").start(this::write);
    Thread.ofPlatform().daemon().name(name + "-out").start(this::read);
    Thread.ofPlatform()
        .daemon()
        .name(name + "-err")
        .start(() ->
            new StderrLog(launch.service(), process.pid(), System::nanoTime)
                .drain(process.getErrorStream()));
  }

  /** Its process id, which is that of its process group and session too. */
  public long pid() {
    return process.pid();
  }

  /**
   * Sends a line; a line break is added. False where too much waits already, or the process ends.
   */
  public boolean send(byte[] line) {
    if (stopping.get() || lines.size() >= MOST_LINES) {
      return false;
    }
    if (waiting.addAndGet(line.length) > 2L * launch.lineBytes()) {
      waiting.addAndGet(-line.length);
      return false;
    }
    lines.add(Optional.of(line));
    return true;
  }

  private void write() {
    OutputStream in = process.getOutputStream();
    try (in) {
      for (Optional<byte[]> next = lines.take(); next.isPresent(); next = lines.take()) {
        byte[] line = next.get();
        in.write(line);
        in.write('\n');
        if (lines.isEmpty()) {
          in.flush();
        }
        waiting.addAndGet(-line.length);
      }
    } catch (IOException e) {
      // It has closed its input, or has ended; reading tells.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void read() {
    LineReader reader = new LineReader(process.getInputStream(), launch.lineBytes());
    try {
      boolean more = true;
      while (more) {
        switch (reader.next()) {
          case LineReader.Next.Line(byte[] bytes) -> listener.onLine(bytes);
          case LineReader.Next.TooLong _ -> {
            end(new ProcessEnd.LineTooLong());
            more = false;
          }
          case LineReader.Next.End _ -> more = false;
        }
      }
    } catch (IOException e) {
      // The same as its end.
    }
    finish();
  }

  private void finish() {
    try {
      if (!process.waitFor(launch.stopTime().toMillis(), TimeUnit.MILLISECONDS)) {
        guard.kill(pid()); // it closed its output and lives on
        process.waitFor();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      process.destroyForcibly();
    }
    lines.add(Optional.empty());
    guard.gone(pid());
    ProcessEnd cause = why;
    try {
      listener.onEnd(cause == null ? new ProcessEnd.Exited(process.exitValue()) : cause);
    } finally {
      ended.complete(null);
    }
  }

  /** Kills it and all that it started, at once. */
  void end(ProcessEnd cause) {
    if (why == null) {
      why = cause;
    }
    stopping.set(true);
    guard.kill(pid());
  }

  /**
   * Ends it as the specification wants it (2025-11-25, basic/lifecycle): its input is closed, then
   * SIGTERM, then SIGKILL. Completes when it is gone.
   */
  public CompletableFuture<Void> stop() {
    if (stopping.compareAndSet(false, true)) {
      if (why == null) {
        why = new ProcessEnd.Stopped();
      }
      lines.add(Optional.empty());
      Thread.ofVirtual().name("stop-" + pid()).start(this::urge);
    }
    return ended;
  }

  private void urge() {
    long each = launch.stopTime().toMillis();
    try {
      if (!process.waitFor(each, TimeUnit.MILLISECONDS)) {
        guard.terminate(pid());
        if (!process.waitFor(each, TimeUnit.MILLISECONDS)) {
          guard.kill(pid());
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      guard.kill(pid());
    }
  }

  /** Completes when it is gone and its listener knows. */
  CompletableFuture<Void> ended() {
    return ended;
  }

  Launch launch() {
    return launch;
  }
}
