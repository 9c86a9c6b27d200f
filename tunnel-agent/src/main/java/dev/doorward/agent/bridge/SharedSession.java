package dev.doorward.agent.bridge;

import dev.doorward.common.mcp.McpMessage;
import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Problem;
import dev.doorward.common.outcome.Reason;
import java.time.Duration;
import java.util.Collection;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * A session on a line that serves all. The server does not know of it, so what the server asks
 * cannot be answered and what it logs is nobody's; lists that changed are told to every session, a
 * resource that changed to those that subscribed to it.
 */
final class SharedSession extends Session {
  private static final Set<String> FOR_ALL =
      Set.of(
          "notifications/tools/list_changed",
          "notifications/prompts/list_changed",
          "notifications/resources/list_changed");

  private final Lane lane;
  private final Supplier<Collection<Session>> others;
  private final Set<String> subscribed = ConcurrentHashMap.newKeySet();

  /** A session; {@code others} are all sessions on the line, this one too. */
  SharedSession(
      String id,
      Caller caller,
      Duration headTimeout,
      Lane lane,
      LongSupplier nanoTime,
      Supplier<Collection<Session>> others) {
    super(id, caller, headTimeout, nanoTime);
    this.lane = lane;
    this.others = others;
  }

  @Override
  void request(Envelope request, CallReply reply) {
    String id = request.text(request.id());
    switch (request.method()) {
      case "ping", "logging/setLevel" -> reply.answer(Messages.result(id, "{}"), 0);
      case "resources/subscribe" -> {
        subscribed.add(request.text(request.uri()));
        pass(request, reply);
      }
      case "resources/unsubscribe" -> {
        String uri = request.text(request.uri());
        subscribed.remove(uri);
        if (others.get().stream().anyMatch(each -> each != this && wants(each, uri))) {
          reply.answer(Messages.result(id, "{}"), 0);
        } else {
          pass(request, reply);
        }
      }
      default -> pass(request, reply);
    }
  }

  private static boolean wants(Session session, String uri) {
    return session instanceof SharedSession shared && shared.subscribed.contains(uri);
  }

  private void pass(Envelope request, CallReply reply) {
    String id = request.text(request.id());
    lane.whenReady(outcome -> {
      switch (outcome) {
        case Outcome.Failed<Lane.Ready>(Problem problem) -> reply.lost(id, problem.reason());
        case Outcome.Ok<Lane.Ready>(Lane.Ready ready) -> {
          if (ready.conversation().ask(request, this, reply) == 0) {
            reply.lost(id, Reason.OVERLOADED);
          }
        }
      }
    });
  }

  @Override
  void inform(Envelope message) {
    if (message.message() instanceof McpMessage.Notification(String method, var _)
        && method.equals("notifications/cancelled")) {
      lane.whenReady(outcome -> {
        if (outcome instanceof Outcome.Ok<Lane.Ready>(Lane.Ready ready)) {
          ready.conversation().cancelled(this, message);
        }
      });
    }
  }

  /** The server said something that concerns no single request. */
  void heard(Envelope notification) {
    String method = notification.method();
    if (FOR_ALL.contains(method)
        || (method.equals("notifications/resources/updated")
            && subscribed.contains(notification.text(notification.uri())))) {
      unrelated(notification.json());
    }
  }

  @Override
  void release() {
    subscribed.clear();
  }
}
