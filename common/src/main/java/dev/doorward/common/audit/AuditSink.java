package dev.doorward.common.audit;

import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/** Where audit events go. Thread-safe. */
public interface AuditSink {
  /**
   * Queues the event. The stage completes on a thread of the sink's own once the record is written,
   * and fails where it cannot be: then the caller must refuse what it was about to do.
   */
  CompletionStage<Void> append(AuditEvent event);

  /**
   * Queues the event as {@link #append(AuditEvent)} does, and tells {@code then} on {@code
   * executor} whether it was written; not at all where the executor takes nothing any more.
   */
  default void append(AuditEvent event, Executor executor, Consumer<Boolean> then) {
    append(event)
        .whenComplete((_, failure) -> executor.execute(() -> then.accept(failure == null)));
  }
}
