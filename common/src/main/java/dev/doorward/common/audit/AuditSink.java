package dev.doorward.common.audit;

import java.util.concurrent.CompletionStage;

/** Where audit events go. Thread-safe. */
public interface AuditSink {
  /**
   * Queues the event. The stage completes on a thread of the sink's own once the record is written,
   * and fails where it cannot be: then the caller must refuse what it was about to do.
   */
  CompletionStage<Void> append(AuditEvent event);
}
