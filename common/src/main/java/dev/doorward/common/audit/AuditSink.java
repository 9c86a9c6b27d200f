package dev.doorward.common.audit;

import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/** Where audit events go. Thread-safe. */
public interface AuditSink {
  /**
   * Writes the event down. The stage completes once it is written, so that it outlives a crash of
   * the process, and fails where it cannot be: then the caller must refuse what it was about to do.
   * Never blocks.
   */
  CompletionStage<Void> append(AuditEvent event);

  /**
   * Writes the event down as {@link #append(AuditEvent)} does, and tells {@code then} whether it is
   * written: before this returns, or later on {@code executor}, the caller's own; not at all where
   * the executor takes nothing any more.
   */
  default void append(AuditEvent event, Executor executor, Consumer<Boolean> then) {
    append(event)
        .whenComplete((_, failure) -> executor.execute(() -> then.accept(failure == null)));
  }
}
