package dev.doorward.edge.audit;

/** Why an event was not recorded. Preallocated and without a stack trace. */
@SuppressWarnings("StaticAssignmentOfThrowable")
final class AuditUnavailable extends Exception {
  static final AuditUnavailable INSTANCE = new AuditUnavailable("the record cannot be written");

  private AuditUnavailable(String message) {
    super(message, null, false, false);
  }
}
