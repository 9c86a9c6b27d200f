package dev.doorward.agent.bridge;

import dev.doorward.agent.connect.BackendHealth;
import dev.doorward.agent.connect.Connector;
import dev.doorward.agent.connect.VerifiedCall;
import dev.doorward.common.mcp.HeaderAgreement;
import dev.doorward.common.mcp.McpErrorCode;
import dev.doorward.common.mcp.McpHeaders;
import dev.doorward.common.mcp.McpMessage;
import dev.doorward.common.mcp.McpPeek;
import dev.doorward.common.mcp.McpRevision;
import dev.doorward.common.mcp.PeekLimits;
import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Problem;
import dev.doorward.common.outcome.Reason;
import dev.doorward.transport.link.AgentCall;
import dev.doorward.transport.link.AgentReply;
import dev.doorward.transport.link.CallHead;
import java.security.SecureRandom;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The way to an MCP server that speaks one message at a time: streamable HTTP towards the clients,
 * with sessions for those before 2026-07-28 and without for the others. What a client sends is data
 * for the server and never a part of how it is started.
 */
public final class BridgeConnector implements Connector {
  private static final int BUDGET_MESSAGES = 8;
  private static final long SWEEP_SECONDS = 15;

  private final BridgeSettings settings;
  private final LinePool pool;
  private final Supplier<Optional<Problem>> look;
  private final Executor executor;
  private final ScheduledExecutorService timer;
  private final LongSupplier nanoTime;
  private final McpPeek peek;
  private final Sessions sessions;
  private final Map<Caller, Lane> lanes = new ConcurrentHashMap<>();
  private final Lane shared;
  private final AtomicLong budget;
  private final ScheduledFuture<?> sweeping;
  private volatile boolean closed;

  /**
   * A connector.
   *
   * @param look why no line could be opened, as far as it can be told without opening one; blocks
   * @param executor reads messages and starts processes, on virtual threads
   * @param onHealth told of each change, on any thread; must not block
   */
  BridgeConnector(
      BridgeSettings settings,
      ServerLine.Source source,
      Supplier<Optional<Problem>> look,
      Executor executor,
      ScheduledExecutorService timer,
      LongSupplier nanoTime,
      SecureRandom random,
      Consumer<BackendHealth> onHealth) {
    this.settings = settings;
    this.look = look;
    this.executor = executor;
    this.timer = timer;
    this.nanoTime = nanoTime;
    int message = settings.limits().message().asInt();
    this.pool = new LinePool(source, settings.limits().processes(), nanoTime, onHealth);
    this.peek = new McpPeek(peekLimits(message));
    this.sessions = new Sessions(random);
    this.shared = lane(this::heard);
    this.budget = new AtomicLong((long) BUDGET_MESSAGES * message);
    this.sweeping =
        timer.scheduleWithFixedDelay(this::sweep, SWEEP_SECONDS, SWEEP_SECONDS, TimeUnit.SECONDS);
  }

  /** Like those of the edge, but strings as long as the message may be: files come as base64. */
  private static PeekLimits peekLimits(int message) {
    PeekLimits usual = PeekLimits.defaults();
    return new PeekLimits(
        message,
        usual.depth(),
        message,
        usual.keyChars(),
        usual.numberChars(),
        usual.tokens(),
        usual.batch(),
        usual.methodChars());
  }

  private Lane lane(Consumer<Envelope> onNotification) {
    return new Lane(settings, pool, peek, timer, nanoTime, onNotification);
  }

  private void heard(Envelope notification) {
    for (Session each : sessions.all()) {
      if (each instanceof SharedSession session) {
        session.heard(notification);
      }
    }
  }

  @Override
  public AgentCall open(VerifiedCall call, AgentReply answer) {
    CallHead head = call.head();
    McpHeaders headers = McpHeaders.of(head.headers()::getAll);
    boolean get = head.method().equals("GET");
    boolean modern = isModern(headers);
    CallReply reply =
        new CallReply(
            answer,
            get || accepts(head, "text/event-stream"),
            modern,
            2L * settings.limits().message().bytes());
    Caller caller = Caller.of(call.token());
    BridgeCall made =
        new BridgeCall(
            settings.limits().message().asInt(),
            budget,
            reply,
            body -> executor.execute(() -> whole(head.method(), headers, caller, body, reply)));
    answer.read(true);
    if (head.whole()) {
      made.onEnd();
    }
    return made;
  }

  private static boolean isModern(McpHeaders headers) {
    String version = headers.protocolVersion();
    return version != null
        && McpRevision.parse(version)
            .filter(revision -> revision.era() == McpRevision.Era.MODERN)
            .isPresent();
  }

  private static boolean accepts(CallHead head, String type) {
    return head.headers().getAll("accept").stream()
        .anyMatch(value -> value.contains(type) || value.contains("*/*"));
  }

  private void whole(
      String method, McpHeaders headers, Caller caller, byte[] body, CallReply reply) {
    if (closed) {
      reply.fail(Reason.SHUTTING_DOWN);
    } else if (method.equals("POST")) {
      post(headers, caller, body, reply);
    } else if (isModern(headers) || headers.sessionId() == null || headers.repeated()) {
      reply.empty(405);
    } else {
      Optional<Session> session = sessions.find(headers.sessionId(), caller);
      if (session.isEmpty()) {
        noSession(reply);
      } else if (method.equals("GET")) {
        session.get().stream(reply);
      } else {
        sessions.end(session.get());
        reply.empty(204);
      }
    }
  }

  private static void noSession(CallReply reply) {
    reply.json(
        404,
        Messages.error(
            "null", Messages.INVALID_REQUEST, "There is no such session; initialize again."));
  }

  private void post(McpHeaders headers, Caller caller, byte[] body, CallReply reply) {
    switch (Envelope.read(peek, body)) {
      case Envelope.Read.Refused(Reason reason) ->
          reply.json(
              400,
              Messages.error(
                  "null",
                  reason == Reason.MCP_NOT_A_MESSAGE
                      ? McpErrorCode.INVALID_REQUEST
                      : McpErrorCode.PARSE_ERROR,
                  "The body is no message that this service takes."));
      case Envelope.Read.Messages messages -> agreed(headers, caller, messages, reply);
    }
  }

  private void agreed(
      McpHeaders headers, Caller caller, Envelope.Read.Messages messages, CallReply reply) {
    Envelope first = messages.all().getFirst();
    McpMessage judged =
        messages.batch()
            ? new McpMessage.Batch(messages.all().stream().map(Envelope::message).toList())
            : first.message();
    String id = first.id() == null ? "null" : first.text(first.id());
    switch (HeaderAgreement.judge(headers, judged)) {
      case HeaderAgreement.Disagreed(Reason reason, String text) ->
          reply.json(
              400,
              reason == Reason.MCP_VERSION_UNSUPPORTED
                  ? Messages.unsupported(id, supported())
                  : Messages.error(
                      id,
                      reason == Reason.MCP_HEADER_MISMATCH
                          ? McpErrorCode.HEADER_MISMATCH
                          : McpErrorCode.INVALID_REQUEST,
                      text));
      case HeaderAgreement.Agreed(McpRevision revision) -> {
        if (revision.era() == McpRevision.Era.MODERN) {
          modern(caller, first, reply);
        } else {
          legacy(headers, caller, messages, reply);
        }
      }
    }
  }

  private static String supported() {
    StringBuilder all = new StringBuilder("[");
    for (McpRevision each : McpRevision.values()) {
      all.append(all.length() > 1 ? "," : "").append('"').append(each.text()).append('"');
    }
    return all.append(']').toString();
  }

  // Before 2026-07-28.

  private void legacy(
      McpHeaders headers, Caller caller, Envelope.Read.Messages messages, CallReply reply) {
    Envelope first = messages.all().getFirst();
    if (!messages.batch()
        && first.message() instanceof McpMessage.Request
        && first.method().equals("initialize")) {
      initialize(caller, first, reply);
      return;
    }
    if (headers.sessionId() == null) {
      reply.json(
          400,
          Messages.error(
              first.id() == null ? "null" : first.text(first.id()),
              Messages.INVALID_REQUEST,
              "The Mcp-Session-Id header is missing; initialize first."));
      return;
    }
    sessions
        .find(headers.sessionId(), caller)
        .ifPresentOrElse(session -> session.post(messages, reply), () -> noSession(reply));
  }

  private void initialize(Caller caller, Envelope request, CallReply reply) {
    if (settings.shared()) {
      initializeShared(caller, request, reply);
      return;
    }
    makeRoom();
    OwnSession session =
        new OwnSession(sessions.newId(), caller, settings, pool, peek, nanoTime, sessions::remove);
    sessions.add(session);
    session.begin(request, reply, settings, timer);
  }

  /** Where all processes are there, one that nobody uses ends. */
  private void makeRoom() {
    if (pool.full() && !sessions.endLeastUsed()) {
      lanes.entrySet().stream()
          .filter(each -> each.getValue().idle())
          .min((a, b) -> Long.compare(a.getValue().lastUsed(), b.getValue().lastUsed()))
          .ifPresent(each -> {
            lanes.remove(each.getKey());
            each.getValue().stop();
          });
    }
  }

  private void initializeShared(Caller caller, Envelope request, CallReply reply) {
    String id = request.text(request.id());
    shared.whenReady(outcome -> {
      switch (outcome) {
        case Outcome.Failed<Lane.Ready>(Problem problem) -> reply.fail(problem.reason());
        case Outcome.Ok<Lane.Ready>(Lane.Ready ready) -> {
          if (ready.era() == LinePool.Era.MODERN) {
            reply.answer(
                Messages.unsupported(id, "[\"" + McpRevision.R2026_07_28.text() + "\"]"), -32022);
            return;
          }
          if (sessions.size() >= settings.limits().sessions() && !sessions.endLeastUsed()) {
            reply.fail(Reason.OVERLOADED);
            return;
          }
          Session session =
              new SharedSession(
                  sessions.newId(),
                  caller,
                  settings.headTimeout(),
                  shared,
                  nanoTime,
                  sessions::all);
          sessions.add(session);
          reply.session(session.id());
          reply.answer(Translation.initialized(id, askedVersion(request), ready.opening()), 0);
        }
      }
    });
  }

  private static String askedVersion(Envelope initialize) {
    String[] version = {""};
    Span params = initialize.params();
    if (params != null) {
      new JsonScan(initialize.json())
          .members(
              params.from(),
              (name, from, to) -> {
                if (name.equals("protocolVersion")) {
                  version[0] = initialize.text(new Span(from, to)).replace("\"", "");
                }
              });
    }
    return version[0];
  }

  // 2026-07-28 and later.

  private void modern(Caller caller, Envelope message, CallReply reply) {
    if (!(message.message() instanceof McpMessage.Request)) {
      reply.empty(202); // a call is cancelled by its end, and nothing else is told to a server
      return;
    }
    Lane lane = settings.shared() ? shared : ownLane(caller);
    String id = message.text(message.id());
    reply.mayTake(BridgeSettings.PATIENCE, settings.headTimeout());
    lane.whenReady(outcome -> {
      switch (outcome) {
        case Outcome.Failed<Lane.Ready>(Problem problem) -> reply.lost(id, problem.reason());
        case Outcome.Ok<Lane.Ready>(Lane.Ready ready) -> ask(lane, ready, message, reply);
      }
    });
  }

  private Lane ownLane(Caller caller) {
    Lane known = lanes.get(caller);
    if (known != null) {
      return known;
    }
    makeRoom();
    return lanes.computeIfAbsent(caller, each -> lane(notification -> {}));
  }

  private void ask(Lane lane, Lane.Ready ready, Envelope message, CallReply reply) {
    String id = message.text(message.id());
    Sink sink = reply;
    if (ready.era() == LinePool.Era.LEGACY) {
      switch (message.method()) {
        case "server/discover" -> {
          reply.answer(Translation.discovered(id, ready.opening()), 0);
          return;
        }
        case "subscriptions/listen" -> {
          if (!lane.subscriptions().add(message, reply)) {
            reply.fail(Reason.OVERLOADED);
          }
          return;
        }
        default -> {
          String info = Translation.members(ready.opening()).getOrDefault("serverInfo", "");
          sink = Translation.modern(message.method(), info, reply);
        }
      }
    }
    Conversation conversation = ready.conversation();
    long number = conversation.ask(message, reply, sink);
    if (number == 0) {
      reply.lost(id, Reason.OVERLOADED);
      return;
    }
    reply
        .over()
        .thenAccept(end -> {
          if (end == CallReply.End.GONE) {
            conversation.cancel(number); // 2026-07-28, basic/patterns/cancellation
          } else {
            conversation.forget(number);
          }
        });
  }

  // Its life.

  /** Ends what nobody used for long enough. */
  void sweep() {
    long idle = settings.limits().idleStop().toNanos();
    sessions.endIdle(nanoTime.getAsLong(), idle);
    shared.stopIfIdle(idle);
    lanes.values().removeIf(lane -> lane.stopIfIdle(idle));
  }

  @Override
  public BackendHealth health() {
    return pool.health();
  }

  @Override
  public void probe() {
    executor.execute(() -> {
      @Nullable Problem hindrance = look.get().orElse(null);
      pool.looked(hindrance);
      if (settings.shared()) {
        shared.check();
      }
    });
  }

  @Override
  public void close() {
    closed = true;
    sweeping.cancel(false);
    sessions.endAll();
    shared.stop();
    lanes.values().forEach(Lane::stop);
  }
}
