package dev.doorward.common.audit;

import java.time.Instant;
import java.util.Map;

/** Something that is worth a line in the record. Holds no token, code, password or raw argument. */
public sealed interface AuditEvent {
  /** When it happened. */
  Instant at();

  /** A call was permitted and is about to go to an agent. */
  record CallStarted(
      Instant at,
      String call,
      String service,
      String agent,
      String subject,
      String person,
      String client,
      String remote,
      String httpMethod,
      String mcpMethod,
      String mcpName)
      implements AuditEvent {}

  /** A call that was started has ended, well or not. */
  record CallFinished(
      Instant at, String call, int status, String reason, long bytesIn, long bytesOut, long micros)
      implements AuditEvent {}

  /** A call was refused before anything was forwarded. */
  record CallDenied(
      Instant at, String call, String service, String subject, String remote, String reason)
      implements AuditEvent {}

  /** Anything else: sign-ins, consents, tokens, clients, enrolments, admin actions. */
  record Noted(Instant at, String event, Map<String, String> fields) implements AuditEvent {
    /** Copies the fields. */
    public Noted {
      fields = Map.copyOf(fields);
    }
  }
}
