package dev.doorward.agent.service;

import dev.doorward.agent.connect.Connector;
import dev.doorward.agent.connect.VerifiedCall;
import dev.doorward.common.outcome.Reason;
import dev.doorward.common.token.TokenCheck;
import dev.doorward.transport.link.AgentCall;
import dev.doorward.transport.link.AgentCallHandler;
import dev.doorward.transport.link.AgentReply;
import dev.doorward.transport.link.CallHead;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What every call must pass before a byte of it goes to an MCP server: the allow-table, then the
 * token. Both are asked for each call.
 */
public final class ServiceCalls implements AgentCallHandler {
  private static final Logger log = LoggerFactory.getLogger(ServiceCalls.class);

  private final Supplier<ServiceTable> table;
  private final TokenGate gate;
  private final CallCounts counts;

  /** Serves the {@code table} of the moment to callers whose token {@code gate} accepts. */
  public ServiceCalls(Supplier<ServiceTable> table, TokenGate gate, CallCounts counts) {
    this.table = table;
    this.gate = gate;
    this.counts = counts;
  }

  @Override
  public AgentCall begin(CallHead head, AgentReply reply) {
    Optional<Connector> connector = table.get().find(head.service());
    if (connector.isEmpty()) {
      refuse(head, reply, Reason.SERVICE_UNKNOWN);
      return RefusedCall.INSTANCE;
    }
    counts.begun(head.service());
    CompletableFuture<TokenCheck> check = gate.check(head);
    if (check.isDone() && !check.isCompletedExceptionally()) {
      return proceed(check.join(), head, reply, connector.get());
    }
    PendingCall pending = new PendingCall();
    reply.read(false);
    check
        .exceptionally(failure -> new TokenCheck.Rejected(Reason.TOKEN_MALFORMED))
        .thenAccept(verdict ->
            reply
                .eventLoop()
                .execute(() -> {
                  if (!pending.isCancelled()) {
                    pending.become(proceed(verdict, head, reply, connector.get()));
                  }
                }));
    return pending;
  }

  private AgentCall proceed(
      TokenCheck verdict, CallHead head, AgentReply reply, Connector connector) {
    return switch (verdict) {
      case TokenCheck.Rejected(Reason reason) -> {
        refuse(head, reply, reason);
        yield RefusedCall.INSTANCE;
      }
      case TokenCheck.Verified verified ->
          connector.open(new VerifiedCall(head, verified.token()), reply);
    };
  }

  private void refuse(CallHead head, AgentReply reply, Reason reason) {
    // The edge has let this call through, so either its tables are behind or it does wrong.
    log.atWarn()
        .addKeyValue("event", "call_refused")
        .addKeyValue("reason", reason)
        .addKeyValue("call", head.call())
        .addKeyValue("service", head.service())
        .log("call refused");
    counts.refused(reason);
    reply.fail(reason);
  }
}
