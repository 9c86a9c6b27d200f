package dev.doorward.edge.audit;

import dev.doorward.common.audit.AuditEvent;
import dev.doorward.common.audit.AuditSink;
import dev.doorward.common.outcome.Reason;
import java.time.Instant;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;

/**
 * Records refused calls without letting strangers fill the disk: a refusal of somebody who was
 * recognised is a record of its own, at most {@link #PER_MINUTE} a minute; everything else is
 * counted by reason, and the counts are recorded once a minute. Safe on any thread.
 */
public final class DenialRecorder {
  /** Most records of single refusals in a minute. */
  public static final int PER_MINUTE = 600;

  private final AuditSink sink;
  private final Map<Reason, Long> counts = new EnumMap<>(Reason.class);
  private long minute = Long.MIN_VALUE;
  private int recorded;

  /** A recorder that writes to {@code sink}; what it cannot write is lost. */
  public DenialRecorder(AuditSink sink) {
    this.sink = sink;
  }

  /** A call of somebody who was recognised was refused. */
  public synchronized void denied(AuditEvent.CallDenied event, Reason reason) {
    turn(event.at());
    if (recorded < PER_MINUTE) {
      recorded++;
      sink.append(event);
    } else {
      counts.merge(reason, 1L, Long::sum);
    }
  }

  /** A call of nobody in particular was refused. */
  public synchronized void counted(Instant at, Reason reason) {
    turn(at);
    counts.merge(reason, 1L, Long::sum);
  }

  /** Records the counts so far; at the latest when the process stops. */
  public synchronized void flush(Instant at) {
    recorded = 0;
    if (counts.isEmpty()) {
      return;
    }
    var fields = new HashMap<String, String>();
    counts.forEach((reason, count) -> fields.put(reason.code(), Long.toString(count)));
    counts.clear();
    sink.append(new AuditEvent.Noted(at, "calls_denied", fields));
  }

  private void turn(Instant at) {
    long now = at.getEpochSecond() / 60;
    if (now != minute) {
      minute = now;
      flush(at);
    }
  }
}
