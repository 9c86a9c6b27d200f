package dev.doorward.edge.call;

import dev.doorward.common.audit.AuditEvent;
import dev.doorward.common.call.CallView;
import dev.doorward.common.identity.AgentId;
import dev.doorward.common.mcp.McpErrorCode;
import dev.doorward.common.mcp.McpHeaders;
import dev.doorward.common.outcome.Problem;
import dev.doorward.common.outcome.Reason;
import dev.doorward.common.token.AccessToken;
import dev.doorward.common.token.DpopGate;
import dev.doorward.common.token.TokenCheck;
import dev.doorward.edge.legacy.SessionSeal;
import dev.doorward.edge.link.FailureStatus;
import dev.doorward.edge.link.Relay;
import dev.doorward.edge.link.RelayOwner;
import dev.doorward.edge.pipeline.ClientListener;
import dev.doorward.edge.pipeline.Exchange;
import dev.doorward.edge.reply.Replies;
import dev.doorward.edge.reply.Reply;
import dev.doorward.edge.route.Route;
import dev.doorward.policy.engine.Decision;
import dev.doorward.policy.engine.Deny;
import dev.doorward.policy.engine.Permit;
import dev.doorward.policy.engine.PolicyEngine;
import dev.doorward.policy.engine.PolicySnapshot;
import dev.doorward.transport.link.EdgeLink;
import dev.doorward.transport.link.LinkCall;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One call to a service, from its whole request to the end of its answer, in this order: token,
 * message, session, policy, link, record, link call, relay. Every step may end it; the next begins
 * only where the one before was passed. Everything runs on the client's loop.
 */
final class ServiceCall implements ClientListener, RelayOwner {
  private static final long LINK_POLL_MILLIS = 50;
  private static final Problem NO_RECORD =
      new Problem(
          Reason.AUDIT_UNAVAILABLE, "Calls cannot be recorded at the moment and are refused.");
  private static final Problem OVERLOADED =
      new Problem(Reason.OVERLOADED, "Too many sign-ins are being checked; try again.");
  private static final Problem UNKNOWABLE =
      new Problem(
          Reason.AUTH_SERVER_UNREACHABLE,
          "The auth-server does not answer, so no token can be checked; try again shortly.");
  private static final Problem NOT_ALLOWED =
      new Problem(Reason.SERVICE_NOT_ALLOWED, "You may not use this service, or there is none.");
  private static final Problem LIMITED =
      new Problem(Reason.ADDRESS_LIMITED, "Too many requests from this address; try again.");
  private static final Problem NO_HEAD =
      new Problem(Reason.HTTP_METHOD_NOT_ALLOWED, "An MCP endpoint has no answer to HEAD.");
  private static final Problem NO_SESSION =
      new Problem(Reason.MCP_SESSION_UNKNOWN, "Session not found; initialize anew.");

  private final CallParts parts;
  private final Exchange exchange;
  private final Route.Service service;
  private final String token;
  private final boolean dpop;
  private String carried;
  private final boolean post;
  private final int bodyLength;
  private final PolicySnapshot policy;

  private @Nullable ByteBuf body;
  private boolean modern;
  private @Nullable AgentId pinned;
  private @Nullable String presentedSession;
  private @Nullable String serverSession;
  private SessionSeal.@Nullable Owner owner;
  private @Nullable EdgeLink link;
  private @Nullable Relay relay;
  private @Nullable Permit retryWith;
  private boolean started;
  private boolean retried;

  /** A call; takes ownership of {@code body}. */
  ServiceCall(
      CallParts parts, Exchange exchange, Route.Service service, Bearer.Given given, ByteBuf body) {
    this.parts = parts;
    this.exchange = exchange;
    this.service = service;
    this.token = given.token();
    this.dpop = given.dpop();
    this.carried = token;
    this.body = body;
    this.bodyLength = body.readableBytes();
    this.post = HttpMethod.POST.equals(exchange.method());
    this.policy = parts.policy().get();
  }

  void start() {
    exchange.listener(this);
    TokenHash hash = TokenHash.of(token);
    Optional<TokenStep.Worth> known = parts.tokens().known(hash, service.resource());
    if (known.isPresent()) {
      onToken(known.get());
      return;
    }
    Instant now = parts.clock().instant();
    Optional<Deny.Limited> limited =
        PolicyEngine.admit(exchange.remote(), policy, parts.credit(), now);
    if (limited.isPresent()) {
      deny(limited.get());
      return;
    }
    parts.tokens().find(token, hash, service.resource(), exchange.loop(), this::onToken);
  }

  private void onToken(TokenStep.Worth worth) {
    TokenCheck check = worth.check();
    carried = worth.exchanged().orElse(token);
    if (check instanceof TokenCheck.Verified(AccessToken verified)
        && (dpop || verified.boundTo().isPresent())) {
      prove(verified);
    } else {
      onCheck(check);
    }
  }

  /**
   * A token that is bound to a key is worth something only with a proof of that key, and one that
   * is not is no DPoP token: neither passes for the other (RFC 9449 section 7.2).
   */
  private void prove(AccessToken verified) {
    if (!dpop) {
      onCheck(new TokenCheck.Rejected(Reason.DPOP_PROOF_MISSING));
      return;
    }
    if (verified.boundTo().isEmpty()) {
      onCheck(new TokenCheck.Rejected(Reason.DPOP_PROOF_REFUSED));
      return;
    }
    List<String> proofs = exchange.headers().getAll("dpop");
    String method = exchange.method().name();
    parts
        .tokens()
        .aside(
            () ->
                parts
                    .proofs()
                    .check(
                        proofs,
                        method,
                        service.resource(),
                        Optional.of(token),
                        verified.boundTo(),
                        parts.clock().instant()),
            new DpopGate.Result.Refused(Reason.OVERLOADED),
            exchange.loop(),
            result ->
                onCheck(
                    switch (result) {
                      case DpopGate.Result.Proven _ -> new TokenCheck.Verified(verified);
                      case DpopGate.Result.Refused(Reason reason) ->
                          new TokenCheck.Rejected(reason);
                    }));
  }

  private void onCheck(TokenCheck check) {
    if (!exchange.open()) {
      dropBody();
      return;
    }
    String subject = "";
    switch (check) {
      case TokenCheck.Rejected(Reason reason) -> {
        if (reason == Reason.OVERLOADED) {
          answer(Replies.later(HttpResponseStatus.SERVICE_UNAVAILABLE, OVERLOADED, 1));
        } else if (reason == Reason.AUTH_SERVER_UNREACHABLE) {
          answer(Replies.later(HttpResponseStatus.SERVICE_UNAVAILABLE, UNKNOWABLE, 5));
        } else {
          deny(new Deny.Unauthenticated(reason));
        }
        return;
      }
      case TokenCheck.Verified(AccessToken verified) -> {
        owner = new SessionSeal.Owner(service.name(), verified.subject(), verified.client());
        subject = verified.subject().value();
      }
    }
    exchange.subject(subject);
    Judged judged =
        post && body != null
            ? Judged.post(parts.peek(), exchange.headers(), body.nioBuffer())
            : Judged.bodiless(exchange.headers());
    switch (judged) {
      case Judged.Wrong(Reply reply) -> answer(reply);
      case Judged.Fine fine -> decide(check, fine);
    }
  }

  private void decide(TokenCheck check, Judged.Fine fine) {
    modern = fine.modern();
    var view =
        new CallView(
            exchange.id(),
            service.name(),
            service.resource(),
            exchange.method().name(),
            fine.method(),
            fine.target(),
            exchange.remote(),
            check);
    Decision decision = PolicyEngine.decide(view, policy, parts.clock().instant());
    switch (decision) {
      case Deny deny -> deny(deny);
      case Permit permit -> {
        if (HttpMethod.HEAD.equals(exchange.method())) {
          answer(
              Replies.problem(HttpResponseStatus.METHOD_NOT_ALLOWED, NO_HEAD)
                  .with(HttpHeaderNames.ALLOW, "GET, POST, DELETE, OPTIONS"));
        } else if (openSession()) {
          toLink(permit, exchange.nanoTime());
        } else {
          answer(noSession());
        }
      }
    }
  }

  /** Opens the session that the client names; false where it is not one of this caller's. */
  private boolean openSession() {
    String presented = exchange.headers().get(McpHeaders.SESSION_ID);
    SessionSeal.Owner caller = owner;
    if (presented == null || modern || caller == null) {
      return true; // a modern request has no session, whatever it says
    }
    Optional<SessionSeal.Session> session = parts.sessions().open(presented, caller);
    session.ifPresent(found -> {
      presentedSession = presented;
      serverSession = found.id();
      pinned = found.agent();
    });
    return session.isPresent();
  }

  private void toLink(Permit permit, long since) {
    if (!exchange.open()) {
      dropBody();
      if (started) {
        finished(0, Reason.CLIENT_GONE, 0);
      }
      return;
    }
    Optional<EdgeLink> chosen =
        parts.dispatcher().choose(permit, pinned, retried ? link : null, exchange.loop());
    if (chosen.isPresent()) {
      link = chosen.get();
      if (started) {
        toAgent(permit);
      } else {
        record(permit, chosen.get());
      }
      return;
    }
    boolean waits =
        parts.dispatcher().expects(permit)
            && exchange.nanoTime() - since < parts.linkWait().toNanos();
    if (waits) {
      exchange
          .loop()
          .schedule(() -> toLink(permit, since), LINK_POLL_MILLIS, TimeUnit.MILLISECONDS);
    } else if (pinned != null
        && !started
        && parts.dispatcher().choose(permit, null, null, exchange.loop()).isPresent()) {
      answer(noSession()); // its agent is gone, and another one offers the service
    } else {
      answer(FailureStatus.offline());
      if (started) {
        finished(HttpResponseStatus.SERVICE_UNAVAILABLE.code(), Reason.AGENT_OFFLINE, 0);
      }
    }
  }

  /** What tells a client to begin another session. */
  private static Reply noSession() {
    return Replies.rpc(
        HttpResponseStatus.NOT_FOUND, McpErrorCode.INVALID_REQUEST, null, NO_SESSION);
  }

  private void record(Permit permit, EdgeLink over) {
    CallView view = permit.view();
    AccessToken by = permit.token();
    var event =
        new AuditEvent.CallStarted(
            parts.clock().instant(),
            view.call(),
            view.service().value(),
            over.agent().value(),
            by.subject().value(),
            by.person(),
            by.client().value(),
            exchange.remote().getHostAddress(),
            view.httpMethod(),
            view.mcpMethod(),
            view.mcpName());
    parts.audit().append(event, exchange.loop(), written -> recorded(permit, written));
  }

  private void recorded(Permit permit, boolean written) {
    if (!written) {
      answer(FailureStatus.reply(NO_RECORD));
      return;
    }
    started = true;
    if (!exchange.open()) {
      dropBody();
      finished(0, Reason.CLIENT_GONE, 0);
      return;
    }
    toAgent(permit);
  }

  private void toAgent(Permit permit) {
    EdgeLink over = link;
    if (over == null) {
      return;
    }
    boolean cancels = modern || !post;
    var relaying = new Relay(exchange, parts.relay(), permit.token(), cancels, this);
    retryWith = permit;
    relay = relaying;
    parts.openCalls().add(relaying);
    exchange.listener(relaying);
    HttpHeaders headers = RequestHeaders.forAgent(exchange.headers());
    headers.remove(McpHeaders.SESSION_ID);
    if (serverSession != null) {
      headers.set(McpHeaders.SESSION_ID, serverSession);
    }
    if (post) {
      headers.set(HttpHeaderNames.CONTENT_LENGTH, bodyLength);
    }
    String query = exchange.query();
    String path = query == null ? service.upstreamPath() : service.upstreamPath() + "?" + query;
    LinkCall call =
        parts.dispatcher().open(permit, over, path, carried, headers, exchange.loop(), relaying);
    if (call != null && relaying.opened(call)) {
      if (post && body != null) {
        call.write(body.retainedSlice(), true);
      }
    }
  }

  @Override
  public void onHead(HttpHeaders headers) {
    dropBody();
    parts.cors().apply(headers, exchange.headers().get(HttpHeaderNames.ORIGIN));
    if (dpop) {
      parts.proofs().nonce(parts.clock().instant()).ifPresent(n -> headers.set("dpop-nonce", n));
    }
    String session = headers.get(McpHeaders.SESSION_ID);
    SessionSeal.Owner caller = owner;
    EdgeLink over = link;
    if (session == null || modern || caller == null || over == null) {
      return;
    }
    if (presentedSession != null && session.equals(serverSession)) {
      headers.set(McpHeaders.SESSION_ID, presentedSession);
    } else if (SessionSeal.isValid(session)) {
      headers.set(
          McpHeaders.SESSION_ID,
          parts.sessions().seal(new SessionSeal.Session(over.agent(), session), caller));
    } else {
      headers.remove(McpHeaders.SESSION_ID);
    }
  }

  @Override
  public boolean onFailedBeforeHead(Problem problem, boolean sent) {
    Permit permit = retryWith;
    if (sent || retried || permit == null || !exchange.open()) {
      return false;
    }
    retried = true;
    Relay failed = relay;
    if (failed != null) {
      parts.openCalls().remove(failed);
    }
    exchange.listener(this);
    exchange.loop().execute(() -> toLink(permit, exchange.nanoTime()));
    return true;
  }

  @Override
  public Reply onCut(Reason reason) {
    Reply reply =
        reason == Reason.TOKEN_REVOKED
            ? challenge(reason)
            : FailureStatus.reply(new Problem(reason, "The edge is stopping; try again."));
    parts.cors().apply(reply.headers(), exchange.headers().get(HttpHeaderNames.ORIGIN));
    return reply;
  }

  @Override
  public void onFinished(int status, @Nullable Reason reason, long bytesFromService) {
    dropBody();
    Relay over = relay;
    if (over != null) {
      parts.openCalls().remove(over);
    }
    if (reason != null) {
      exchange.reason(reason);
    }
    finished(status, reason, bytesFromService);
  }

  private void finished(int status, @Nullable Reason reason, long bytesOut) {
    parts
        .audit()
        .append(
            new AuditEvent.CallFinished(
                parts.clock().instant(),
                exchange.id(),
                status,
                reason == null ? "" : reason.code(),
                bodyLength,
                bytesOut,
                exchange.age() / 1000));
  }

  private void deny(Deny deny) {
    Instant now = parts.clock().instant();
    if (owner == null) {
      parts.denials().counted(now, deny.reason());
    } else {
      parts
          .denials()
          .denied(
              new AuditEvent.CallDenied(
                  now,
                  exchange.id(),
                  service.name().value(),
                  owner.subject().value(),
                  exchange.remote().getHostAddress(),
                  deny.reason().code()),
              deny.reason());
    }
    answer(
        switch (deny) {
          case Deny.Unauthenticated(Reason reason) -> challenge(reason);
          case Deny.Forbidden _ -> Replies.problem(HttpResponseStatus.FORBIDDEN, NOT_ALLOWED);
          case Deny.InsufficientScope(var needed) ->
              parts.challenge().insufficientScope(service.name(), needed, dpop);
          case Deny.Limited limited ->
              Replies.later(
                  HttpResponseStatus.TOO_MANY_REQUESTS,
                  LIMITED,
                  limited.retryIn().plusMillis(999).toSeconds());
        });
  }

  private Reply challenge(Reason reason) {
    return dpop || reason == Reason.DPOP_PROOF_MISSING
        ? parts
            .challenge()
            .unproven(service.name(), reason, !dpop, parts.proofs().nonce(parts.clock().instant()))
        : parts.challenge().unauthorized(service.name(), reason);
  }

  private void answer(Reply reply) {
    dropBody();
    parts.cors().apply(reply.headers(), exchange.headers().get(HttpHeaderNames.ORIGIN));
    exchange.reply(reply);
  }

  @Override
  public void onWritable() {}

  /** The client went before anything was sent to an agent. */
  @Override
  public void onGone() {
    // The step that is under way sees that the exchange is closed, and lets go of the body.
  }

  private void dropBody() {
    if (body != null) {
      body.release();
      body = null;
    }
  }
}
