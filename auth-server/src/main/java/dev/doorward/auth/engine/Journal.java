package dev.doorward.auth.engine;

import dev.doorward.common.audit.AuditEvent;
import dev.doorward.common.audit.AuditSink;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.spi.LoggingEventBuilder;

/** Writes down what people and clients did. Never give it a token, a code or a password. */
public final class Journal {
  private static final Logger LOG = LoggerFactory.getLogger(Journal.class);
  private static final long PATIENCE_SECONDS = 5;

  private final AuditSink sink;
  private final InstantSource clock;

  /** The record could not be written, so what it was about must not be granted. */
  public static final class Unavailable extends RuntimeException {
    private Unavailable(Throwable cause) {
      super("the audit record could not be written", cause);
    }
  }

  /** Writes to {@code sink}. */
  public Journal(AuditSink sink, InstantSource clock) {
    this.sink = sink;
    this.clock = clock;
  }

  /**
   * Notes what the operator must look at: somebody has what only somebody else should have. Told in
   * the log too, first, so that a record that cannot be written does not hide it.
   */
  public void alert(String event, Map<String, String> fields) {
    LoggingEventBuilder line =
        LOG.atWarn().addKeyValue("event", event).addKeyValue("severity", "alert");
    for (Map.Entry<String, String> field : fields.entrySet()) {
      line = line.addKeyValue(field.getKey(), field.getValue());
    }
    line.log("a credential was used that should not exist any more");
    Map<String, String> marked = new HashMap<>(fields);
    marked.put("severity", "alert");
    note(event, marked);
  }

  /** Returns once the event is written; throws {@link Unavailable} where it cannot be. */
  public void note(String event, Map<String, String> fields) {
    try {
      sink.append(new AuditEvent.Noted(clock.instant(), event, fields))
          .toCompletableFuture()
          .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new Unavailable(e);
    } catch (ExecutionException | TimeoutException e) {
      throw new Unavailable(e);
    }
  }
}
