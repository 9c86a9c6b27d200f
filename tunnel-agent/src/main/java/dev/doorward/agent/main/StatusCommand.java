package dev.doorward.agent.main;

import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Problem;
import dev.doorward.common.outcome.Reason;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** {@code doorward agent status}: asks the running agent over its unix socket. */
@Command(
    name = "status",
    description = "Says how the running agent is: links, services, certificate.",
    mixinStandardHelpOptions = true)
final class StatusCommand implements Callable<Integer> {
  private static final int MOST = 1024 * 1024;
  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(names = "--config", paramLabel = "FILE", description = "agent.yaml of the agent.")
  private Optional<Path> config = Optional.empty();

  @Option(names = "--data-dir", paramLabel = "DIR", description = "The agent's directory.")
  private Optional<Path> dataDir = Optional.empty();

  @Option(names = "--json", description = "Prints one JSON object.")
  private boolean json;

  @Option(names = "--metrics", description = "Prints metrics in the text format of Prometheus.")
  private boolean metrics;

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    Outcome<String> answer =
        ConfigSource.read(config, dataDir, System.getenv())
            .then(read ->
                ask(
                    read.dataDir().resolve(StatusSocket.NAME),
                    metrics ? "/metrics" : "/v1/status"));
    return switch (answer) {
      case Outcome.Failed<String>(Problem problem) ->
          AgentMain.say(spec.commandLine().getErr(), problem);
      case Outcome.Ok<String>(String body) -> {
        if (json || metrics) {
          out.println(body.strip());
        } else {
          print(JsonMapper.shared().readTree(body), out);
        }
        yield AgentMain.DONE;
      }
    };
  }

  private static Outcome<String> ask(Path socket, String path) {
    try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
      ByteBuffer request =
          ByteBuffer.wrap(
              ("GET " + path + " HTTP/1.1\r\nhost: agent\r\nconnection: close\r\n\r\n")
                  .getBytes(StandardCharsets.US_ASCII));
      while (request.hasRemaining()) {
        channel.write(request);
      }
      ByteArrayOutputStream all = new ByteArrayOutputStream();
      ByteBuffer part = ByteBuffer.allocate(8192);
      while (channel.read(part) >= 0 && all.size() < MOST) {
        all.write(part.array(), 0, part.position());
        part.clear();
      }
      String answer = all.toString(StandardCharsets.UTF_8);
      int body = answer.indexOf("\r\n\r\n");
      return body > 0 && answer.startsWith("HTTP/1.1 200 ")
          ? Outcome.ok(answer.substring(body + 4))
          : Outcome.failed(Reason.INTERNAL, "The agent did not answer; its log may say why.");
    } catch (IOException e) {
      return Outcome.failed(
          Reason.NOT_RUNNING,
          "No agent is running with the data directory "
              + socket.getParent()
              + "; start it with 'doorward agent run'.");
    }
  }

  private static void print(JsonNode status, PrintWriter out) {
    out.printf(
        "agent %s of %s, %s, version %s%n",
        text(status, "agent"),
        text(status, "issuer"),
        status.path("online").asBoolean() ? "online" : "offline",
        text(status, "version"));
    out.printf(
        "certificate until %s, key exchange %s%n",
        text(status, "certificate_ends"), text(status, "key_exchange"));
    if (status.has("configuration_error")) {
      out.printf(
          "agent.yaml has changed, but does not count: %s%n", text(status, "configuration_error"));
    }
    for (JsonNode link : status.path("links")) {
      out.printf(
          "link %s %s since %s, %s calls open%s%s%n",
          link.path("index").asInt(),
          text(link, "state"),
          text(link, "since"),
          link.path("open_calls").asInt(),
          roundTrip(link.path("rtt_micros").asLong(-1)),
          because(link));
    }
    for (JsonNode service : status.path("services")) {
      out.printf(
          "service %s -> %s: %s%s%s%n",
          text(service, "name"),
          service.has("url") ? text(service, "url") : text(service, "command"),
          text(service, "health"),
          service.path("granted").asBoolean() ? "" : ", not granted by the edge",
          because(service));
    }
  }

  private static String roundTrip(long micros) {
    return micros < 0
        ? ""
        : String.format(java.util.Locale.ROOT, ", round trip %.1f ms", micros / 1000.0);
  }

  private static String because(JsonNode node) {
    return node.has("last_error") ? " (" + text(node, "last_error") + ")" : "";
  }

  private static String text(JsonNode node, String name) {
    return node.path(name).asString("");
  }
}
