package dev.doorward.edge.audit;

import dev.doorward.common.audit.AuditEvent;
import dev.doorward.common.audit.AuditSink;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The record in one file, a line of JSON an event, appended by a thread of its own: what waits is
 * written together. An event is written when the operating system has it, which outlives a crash of
 * the process; the disk is forced once a second, and on close, against a crash of the machine.
 * Where the file cannot be written every event fails, and each later one tries again; a line that
 * was written in part is cut off before the next. At most {@link #QUEUE} events wait; more fail.
 */
public final class AuditFile implements AuditSink, AutoCloseable {
  /** Most events that wait to be written. */
  public static final int QUEUE = 16_384;

  private static final int BATCH = 1024;

  /** From this many events in one write on, the next write waits a little for more. */
  private static final int BUSY = 2;

  private static final long GATHER_NANOS = 400_000;

  /** How often is looked whether the file is still there. */
  private static final long LOOK_NANOS = 500_000_000;

  private static final long REST_NANOS = 200_000_000;
  private static final Duration FORCE_EVERY = Duration.ofSeconds(1);
  private static final Logger LOG = LoggerFactory.getLogger(AuditFile.class);

  /** An event, and who is told on which executor that it is written, or why it is not. */
  private record Waiting(
      AuditEvent event, Executor executor, Consumer<@Nullable AuditUnavailable> then) {}

  private static final Executor HERE = Runnable::run;

  private final Path file;
  private final Queue<Waiting> queue = new ConcurrentLinkedQueue<>();
  private final AtomicInteger queued = new AtomicInteger();
  private final Thread writer;
  private volatile boolean resting;
  private volatile boolean closed;

  // Only the writer's thread touches these.
  private @Nullable FileChannel channel;
  private long length;
  private boolean failing;
  private boolean dirty;
  private long forcedAt;
  private long lookedAt;

  private AuditFile(Path file) {
    this.file = file;
    this.writer = Thread.ofPlatform().name("audit").daemon(true).unstarted(this::run);
  }

  /** Opens {@code audit.jsonl} in {@code dir}, made 0700 where it is missing, and starts. */
  public static AuditFile open(Path dir) throws IOException {
    if (!Files.isDirectory(dir)) {
      Files.createDirectories(
          dir, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }
    var audit = new AuditFile(dir.resolve("audit.jsonl"));
    audit.channel();
    audit.writer.start();
    return audit;
  }

  @Override
  public CompletionStage<Void> append(AuditEvent event) {
    var written = new CompletableFuture<Void>();
    add(
        new Waiting(
            event,
            HERE,
            failure -> {
              if (failure == null) {
                written.complete(null);
              } else {
                written.completeExceptionally(failure);
              }
            }));
    return written;
  }

  @Override
  public void append(AuditEvent event, Executor executor, Consumer<Boolean> then) {
    add(new Waiting(event, executor, failure -> then.accept(failure == null)));
  }

  private void add(Waiting waiting) {
    if (closed || queued.incrementAndGet() > QUEUE) {
      queued.decrementAndGet();
      tell(List.of(waiting), AuditUnavailable.FULL);
      return;
    }
    queue.add(waiting);
    // Nobody waits for the end of a call to be written: it goes with the next event.
    if (resting && !(waiting.event instanceof AuditEvent.CallFinished)) {
      LockSupport.unpark(writer);
    }
  }

  /** One task for each executor, however many of the events wait on it. */
  private static void tell(List<Waiting> batch, @Nullable AuditUnavailable failure) {
    var elsewhere = new IdentityHashMap<Executor, List<Waiting>>(4);
    for (Waiting waiting : batch) {
      if (waiting.executor.equals(HERE)) {
        waiting.then.accept(failure);
      } else {
        elsewhere.computeIfAbsent(waiting.executor, _ -> new ArrayList<>()).add(waiting);
      }
    }
    elsewhere.forEach((executor, those) -> {
      try {
        executor.execute(() -> those.forEach(waiting -> waiting.then.accept(failure)));
      } catch (RejectedExecutionException e) {
        LOG.atDebug().addKeyValue("event", "audit_listener_gone").log();
      }
    });
  }

  private void run() {
    var batch = new ArrayList<Waiting>(BATCH);
    var text = new StringBuilder(64 * 1024);
    while (!closed || !queue.isEmpty()) {
      for (Waiting next = queue.poll(); next != null; next = queue.poll()) {
        batch.add(next);
        if (batch.size() == BATCH) {
          break;
        }
      }
      int count = batch.size();
      if (count > 0) {
        queued.addAndGet(-count);
        write(batch, text);
        batch.clear();
      }
      force(false);
      rest(count);
    }
    force(true);
    closeChannel();
  }

  private void rest(int written) {
    if (written >= BUSY) {
      LockSupport.parkNanos(this, GATHER_NANOS);
    } else if (written == 0 && !closed) {
      resting = true;
      if (queue.isEmpty()) {
        LockSupport.parkNanos(this, REST_NANOS);
      }
      resting = false;
    }
  }

  private void write(List<Waiting> batch, StringBuilder text) {
    text.setLength(0);
    for (Waiting waiting : batch) {
      AuditLines.append(text, waiting.event);
    }
    ByteBuffer bytes = ByteBuffer.wrap(text.toString().getBytes(StandardCharsets.US_ASCII));
    try {
      FileChannel open = channel();
      long before = length;
      int size = bytes.remaining();
      try {
        while (bytes.hasRemaining()) {
          open.write(bytes);
        }
      } catch (IOException e) {
        open.truncate(before);
        throw e;
      }
      length = before + size;
      dirty = true;
      recovered();
      tell(batch, null);
    } catch (IOException e) {
      failed(e);
      tell(batch, AuditUnavailable.DISK);
    }
  }

  private FileChannel channel() throws IOException {
    FileChannel open = channel;
    long now = System.nanoTime();
    if (open != null && now - lookedAt < LOOK_NANOS) {
      return open;
    }
    lookedAt = now;
    if (open != null && Files.exists(file)) {
      return open;
    }
    closeChannel();
    open =
        FileChannel.open(
            file,
            java.util.Set.of(
                StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    length = open.size();
    channel = open;
    return open;
  }

  private void force(boolean now) {
    FileChannel open = channel;
    long at = System.nanoTime();
    if (!dirty || open == null || (!now && at - forcedAt < FORCE_EVERY.toNanos())) {
      return;
    }
    try {
      open.force(false);
      forcedAt = at;
      dirty = false;
    } catch (IOException e) {
      failed(e);
    }
  }

  private void failed(IOException cause) {
    closeChannel();
    if (!failing) {
      failing = true;
      LOG.atError()
          .addKeyValue("event", "audit_failed")
          .addKeyValue("reason", "audit_unavailable")
          .addKeyValue("cause", cause.getClass().getSimpleName())
          .log("The audit file cannot be written; calls are refused until it can.");
    }
  }

  private void recovered() {
    if (failing) {
      failing = false;
      LOG.atInfo().addKeyValue("event", "audit_recovered").log("The audit file is written again.");
    }
  }

  private void closeChannel() {
    FileChannel open = channel;
    channel = null;
    if (open != null) {
      try {
        open.close();
      } catch (IOException e) {
        LOG.atDebug().addKeyValue("event", "audit_close_failed").log();
      }
    }
  }

  /** Writes what waits, forces it to disk, and ends. */
  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(writer);
    try {
      writer.join(Duration.ofSeconds(10));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
