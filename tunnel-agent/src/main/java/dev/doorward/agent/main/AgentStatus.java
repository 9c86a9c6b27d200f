package dev.doorward.agent.main;

import dev.doorward.agent.connect.BackendHealth;
import dev.doorward.agent.connect.Connector;
import dev.doorward.agent.link.LinkStatus;
import dev.doorward.agent.service.ServiceTable;
import dev.doorward.common.identity.AgentId;
import dev.doorward.common.identity.Issuer;
import dev.doorward.common.identity.ServiceName;
import dev.doorward.common.outcome.Problem;
import dev.doorward.config.agent.ServiceConfig;
import dev.doorward.transport.tls.TlsProvider;
import java.io.ByteArrayOutputStream;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** A snapshot of the agent for whoever runs it. No secrets in it. */
record AgentStatus(
    AgentId agent,
    String edge,
    Issuer issuer,
    String version,
    Instant startedAt,
    Instant certificateEnds,
    List<LinkStatus> links,
    Map<ServiceName, ServiceConfig> services,
    ServiceTable table,
    Set<ServiceName> granted,
    Optional<Problem> configurationNotTaken) {
  private static final JsonFactory JSON = new JsonFactory();

  /** Whether a link takes calls. */
  boolean online() {
    return links.stream().anyMatch(link -> link.state() == LinkStatus.State.UP);
  }

  /** As one JSON object; members are only ever added. */
  byte[] json() {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    try (JsonGenerator json = JSON.createGenerator(ObjectWriteContext.empty(), out)) {
      json.writeStartObject();
      json.writeStringProperty("agent", agent.value());
      json.writeStringProperty("edge", edge);
      json.writeStringProperty("issuer", issuer.value());
      json.writeStringProperty("version", version);
      json.writeNumberProperty("pid", ProcessHandle.current().pid());
      json.writeStringProperty("started_at", startedAt.toString());
      json.writeStringProperty("certificate_ends", certificateEnds.toString());
      json.writeBooleanProperty("online", online());
      json.writeStringProperty("key_exchange", TlsProvider.best().linkKeyExchange());
      if (configurationNotTaken.isPresent()) {
        json.writeStringProperty(
            "configuration_reason", configurationNotTaken.get().reason().code());
        json.writeStringProperty("configuration_error", configurationNotTaken.get().text());
      }
      json.writeArrayPropertyStart("links");
      for (LinkStatus link : links) {
        writeLink(json, link);
      }
      json.writeEndArray();
      json.writeArrayPropertyStart("services");
      for (Map.Entry<ServiceName, ServiceConfig> service : sorted().entrySet()) {
        writeService(json, service.getKey(), service.getValue());
      }
      json.writeEndArray();
      json.writeEndObject();
    }
    return out.toByteArray();
  }

  private Map<ServiceName, ServiceConfig> sorted() {
    Map<ServiceName, ServiceConfig> sorted =
        new TreeMap<>(java.util.Comparator.comparing(ServiceName::value));
    sorted.putAll(services);
    return sorted;
  }

  private static void writeLink(JsonGenerator json, LinkStatus link) {
    json.writeStartObject();
    json.writeNumberProperty("index", link.index());
    json.writeStringProperty("state", link.state().name().toLowerCase(Locale.ROOT));
    json.writeStringProperty("name", link.name());
    json.writeStringProperty("since", link.since().toString());
    json.writeNumberProperty("rtt_micros", link.rttMicros());
    json.writeNumberProperty("open_calls", link.openCalls());
    link.lastProblem()
        .ifPresent(problem -> {
          json.writeStringProperty("last_reason", problem.reason().code());
          json.writeStringProperty("last_error", problem.text());
        });
    json.writeEndObject();
  }

  private void writeService(JsonGenerator json, ServiceName name, ServiceConfig service) {
    json.writeStartObject();
    json.writeStringProperty("name", name.value());
    if (service.url().isPresent()) {
      json.writeStringProperty("url", service.url().get().toString());
    } else {
      json.writeStringProperty("command", service.command().getFirst());
    }
    json.writeStringProperty("public_url", issuer.resourceOf(name).value());
    json.writeBooleanProperty("granted", granted.contains(name));
    Optional<Connector> connector = table.find(name);
    connector.ifPresent(found -> {
      switch (found.health()) {
        case BackendHealth.Untried untried -> json.writeStringProperty("health", "untried");
        case BackendHealth.Up up -> json.writeStringProperty("health", "up");
        case BackendHealth.Down(Problem problem) -> {
          json.writeStringProperty("health", "down");
          json.writeStringProperty("last_reason", problem.reason().code());
          json.writeStringProperty("last_error", problem.text());
        }
      }
    });
    json.writeEndObject();
  }
}
