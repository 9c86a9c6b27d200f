package dev.doorward.agent.bridge;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The streams of {@code subscriptions/listen} (2026-07-28) that are served in place of a server of
 * an older revision: they hear of lists that changed. Safe on any thread.
 */
final class Subscriptions {
  private static final String ID = "io.modelcontextprotocol/subscriptionId";
  private static final int MOST = 1_000;

  /** What a filter's keys stand for. */
  private static final Map<String, String> NOTICES =
      Map.of(
          "toolsListChanged", "notifications/tools/list_changed",
          "promptsListChanged", "notifications/prompts/list_changed",
          "resourcesListChanged", "notifications/resources/list_changed");

  private record Stream(String id, Set<String> methods) {}

  private final Map<CallReply, Stream> streams = new ConcurrentHashMap<>();

  /** Serves a request; false where there are too many. */
  boolean add(Envelope request, CallReply reply) {
    if (streams.size() >= MOST) {
      return false;
    }
    List<String> wanted = wanted(request);
    Set<String> methods = new HashSet<>();
    StringBuilder accepted = new StringBuilder();
    for (String key : wanted) {
      methods.add(NOTICES.get(key));
      accepted.append(accepted.isEmpty() ? "" : ",").append('"').append(key).append("\":true");
    }
    String id = request.text(request.id());
    reply.events();
    reply.before(
        Messages.notification(
            "notifications/subscriptions/acknowledged",
            "{\"_meta\":{\"" + ID + "\":" + id + "},\"notifications\":{" + accepted + "}}"));
    streams.put(reply, new Stream(id, methods));
    reply.over().thenRun(() -> streams.remove(reply));
    return true;
  }

  private static List<String> wanted(Envelope request) {
    List<String> keys = new ArrayList<>();
    Span params = request.params();
    if (params == null) {
      return keys;
    }
    JsonScan scan = new JsonScan(request.json());
    scan.members(
        params.from(),
        (name, from, to) -> {
          if (name.equals("notifications") && scan.isObject(from)) {
            scan.members(
                from,
                (key, start, end) -> {
                  String value =
                      new String(request.json(), start, end - start, StandardCharsets.US_ASCII);
                  if (NOTICES.containsKey(key) && value.equals("true")) {
                    keys.add(key);
                  }
                });
          }
        });
    return keys;
  }

  /** Tells those who asked for it. */
  void tell(String method) {
    streams.forEach((reply, stream) -> {
      if (stream.methods().contains(method)) {
        reply.before(
            Messages.notification(method, "{\"_meta\":{\"" + ID + "\":" + stream.id() + "}}"));
      }
    });
  }

  boolean isEmpty() {
    return streams.isEmpty();
  }

  /** Ends all streams, as a server does that is being stopped. */
  void end() {
    streams.forEach((reply, stream) ->
        reply.answer(
            Messages.result(
                stream.id(),
                "{\"resultType\":\"complete\",\"_meta\":{\"" + ID + "\":" + stream.id() + "}}"),
            0));
  }
}
