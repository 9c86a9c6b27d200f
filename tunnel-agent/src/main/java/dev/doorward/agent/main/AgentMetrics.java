package dev.doorward.agent.main;

import dev.doorward.agent.connect.BackendHealth;
import dev.doorward.agent.link.LinkStatus;
import dev.doorward.agent.service.CallCounts;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** The agent's metrics in the text format of Prometheus, version 0.0.4. Names stay as they are. */
final class AgentMetrics {
  private static final double MICROS = 1_000_000;

  private final StringBuilder out = new StringBuilder();

  private AgentMetrics() {}

  /** The metrics of the moment. */
  static byte[] of(AgentStatus status, CallCounts calls) {
    AgentMetrics metrics = new AgentMetrics();
    metrics.process(status);
    metrics.links(status);
    metrics.services(status, calls);
    return metrics.out.toString().getBytes(StandardCharsets.UTF_8);
  }

  private void process(AgentStatus status) {
    type("info", "gauge", "The agent and its version.");
    out.append(
        "doorward_agent_info{agent=\"%s\",version=\"%s\"} 1\n"
            .formatted(status.agent(), status.version()));
    single("online", "Whether a link takes calls.", status.online() ? 1 : 0);
    single("start_seconds", "When the process began.", status.startedAt().getEpochSecond());
    single(
        "certificate_end_seconds",
        "When the agent's certificate ends.",
        status.certificateEnds().getEpochSecond());
    single(
        "configuration_taken",
        "Whether agent.yaml counts as it is written.",
        status.configurationNotTaken().isEmpty() ? 1 : 0);
    Runtime java = Runtime.getRuntime();
    single("heap_bytes", "Memory of Java in use.", java.totalMemory() - java.freeMemory());
  }

  private void links(AgentStatus status) {
    type("link_up", "gauge", "Whether the link takes calls.");
    status.links().forEach(link -> labelled("link_up", link, isUp(link) ? 1 : 0));
    type("link_rtt_seconds", "gauge", "Round trip of the last echo; none without one.");
    status.links().stream()
        .filter(link -> link.rttMicros() >= 0)
        .forEach(link -> labelled("link_rtt_seconds", link, link.rttMicros() / MICROS));
    type("link_open_calls", "gauge", "Calls that are open on the link.");
    status.links().forEach(link -> labelled("link_open_calls", link, link.openCalls()));
  }

  private static boolean isUp(LinkStatus link) {
    return link.state() == LinkStatus.State.UP;
  }

  private void services(AgentStatus status, CallCounts calls) {
    type("service_up", "gauge", "Whether the MCP server behind the service answers.");
    status
        .table()
        .services()
        .forEach((name, connector) -> {
          int up =
              switch (connector.health()) {
                case BackendHealth.Up found -> 1;
                case BackendHealth.Down down -> 0;
                case BackendHealth.Untried untried -> 0;
              };
          line("service_up", "service", name.value(), up);
        });
    type("calls_total", "counter", "Calls to the service.");
    calls.begun().forEach((service, count) -> line("calls_total", "service", service, count));
    type("calls_refused_total", "counter", "Calls that were refused here, by reason.");
    calls
        .refused()
        .forEach((reason, count) -> line("calls_refused_total", "reason", reason.code(), count));
  }

  private void type(String name, String kind, String help) {
    out.append(
        "# HELP doorward_agent_%1$s %2$s\n# TYPE doorward_agent_%1$s %3$s\n"
            .formatted(name, help, kind));
  }

  private void single(String name, String help, long value) {
    type(name, "gauge", help);
    out.append("doorward_agent_%s %d\n".formatted(name, value));
  }

  private void labelled(String name, LinkStatus link, double value) {
    line(name, "link", Integer.toString(link.index()), value);
  }

  private void line(String name, String label, String text, double value) {
    String number =
        value == Math.rint(value)
            ? Long.toString((long) value)
            : String.format(Locale.ROOT, "%.6f", value);
    out.append("doorward_agent_%s{%s=\"%s\"} %s\n".formatted(name, label, text, number));
  }
}
