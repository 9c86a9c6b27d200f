package dev.doorward.edge.audit;

import dev.doorward.common.audit.AuditEvent;
import dev.doorward.common.audit.AuditSink;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The record in one file, a line of JSON an event. An event is written once it is in the {@link
 * AuditJournal}, which outlives a crash of the process and costs no wait; a thread of its own takes
 * the lines on to {@code audit.jsonl} within {@link #REST_NANOS}, and forces the disk once a
 * second, and on close, against a crash of the machine. What an edge that was killed left in the
 * journal the next one takes on first. Where the file cannot be written, or the journal is full,
 * every event is refused until it can be again. Thread-safe.
 */
public final class AuditFile implements AuditSink, AutoCloseable {
  private static final long REST_NANOS = 50_000_000;
  private static final long TRY_AGAIN_NANOS = 200_000_000;
  private static final long LOOK_NANOS = 500_000_000;
  private static final long FORCE_NANOS = 1_000_000_000;

  /** What is taken on in one write. */
  private static final int BATCH = 1024 * 1024;

  private static final Logger LOG = LoggerFactory.getLogger(AuditFile.class);
  private static final ThreadLocal<StringBuilder> TEXT =
      ThreadLocal.withInitial(() -> new StringBuilder(1024));

  private final Path file;
  private final Path journalFile;
  private final Thread drainer;
  private volatile AuditJournal journal;
  private volatile boolean failing;
  private volatile boolean closed;

  // Only the drainer touches these.
  private @Nullable AuditRecord record;
  private long forcedAt = System.nanoTime();
  private long lookedAt = forcedAt;

  private AuditFile(Path file, Path journalFile, AuditJournal journal, AuditRecord record) {
    this.file = file;
    this.journalFile = journalFile;
    this.journal = journal;
    this.record = record;
    this.drainer = Thread.ofPlatform().name("audit").daemon(true).unstarted(this::run);
  }

  /** Opens the record in {@code dir}, made 0700 where it is missing, and starts. */
  public static AuditFile open(Path dir) throws IOException {
    if (!Files.isDirectory(dir)) {
      Files.createDirectories(
          dir, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }
    Path file = dir.resolve("audit.jsonl");
    Path journalFile = dir.resolve("journal");
    AuditRecord record = AuditRecord.open(file);
    AuditJournal journal = AuditJournal.open(journalFile);
    record.cut(journal.recordLength(), journal.take(AuditJournal.SIZE).lines());
    var audit = new AuditFile(file, journalFile, journal, record);
    drain(journal, record);
    audit.drainer.start();
    return audit;
  }

  @Override
  public CompletionStage<Void> append(AuditEvent event) {
    return write(event)
        ? CompletableFuture.completedFuture(null)
        : CompletableFuture.failedFuture(AuditUnavailable.INSTANCE);
  }

  @Override
  public void append(AuditEvent event, Executor executor, Consumer<Boolean> then) {
    then.accept(write(event));
  }

  private boolean write(AuditEvent event) {
    if (failing || closed) {
      return false;
    }
    StringBuilder text = TEXT.get();
    text.setLength(0);
    AuditLines.append(text, event);
    return write(text.toString().getBytes(StandardCharsets.US_ASCII));
  }

  private boolean write(byte[] line) {
    AuditJournal to = journal;
    try {
      boolean written = to.append(line) || (!to.equals(journal) && journal.append(line));
      if (!written || to.isPressed()) {
        LockSupport.unpark(drainer);
      }
      return written;
    } catch (InternalError e) {
      return false; // the file behind the memory is gone; the drainer finds out, too
    }
  }

  private void run() {
    while (!closed) {
      turn(System.nanoTime());
      LockSupport.parkNanos(this, failing ? TRY_AGAIN_NANOS : REST_NANOS);
    }
    turn(System.nanoTime() + FORCE_NANOS);
    AuditRecord open = record;
    if (open != null) {
      open.close();
    }
    journal.close();
  }

  private void turn(long now) {
    try {
      AuditRecord open = look(now);
      drain(journal, open);
      if (now - forcedAt >= FORCE_NANOS) {
        open.force();
        forcedAt = now;
      }
      recovered();
    } catch (IOException | InternalError e) {
      failed(e);
    }
  }

  private static void drain(AuditJournal from, AuditRecord to) throws IOException {
    while (from.waiting() > 0) {
      AuditJournal.Batch batch = from.take(BATCH);
      if (batch.spoilt()) {
        LOG.atWarn()
            .addKeyValue("event", "audit_gap")
            .log("The machine stopped before the last events were on its disk; they are lost.");
      }
      to.append(batch.lines());
      from.drained(batch.end(), to.length());
    }
  }

  /** The record, opened anew where it, or the journal, was moved away or could not be written. */
  private AuditRecord look(long now) throws IOException {
    AuditRecord open = record;
    if (open != null && now - lookedAt < LOOK_NANOS) {
      return open;
    }
    lookedAt = now;
    if (open == null || !open.isThere()) {
      close(open);
      open = AuditRecord.open(file);
      record = open;
    }
    if (!AuditJournal.isThere(journalFile)) {
      AuditJournal before = journal;
      journal = AuditJournal.open(journalFile);
      before.end();
      drain(before, open);
      before.close();
    }
    return open;
  }

  private void close(@Nullable AuditRecord open) {
    record = null;
    if (open != null) {
      open.close();
    }
  }

  private void failed(Throwable cause) {
    close(record);
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

  /** Writes what waits, forces it to disk, and ends. */
  @Override
  public void close() {
    closed = true;
    LockSupport.unpark(drainer);
    try {
      drainer.join(Duration.ofSeconds(10));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
