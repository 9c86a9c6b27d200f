package dev.doorward.edge.admin;

import dev.doorward.common.identity.AgentId;
import dev.doorward.common.identity.Issuer;
import dev.doorward.common.identity.ServiceName;
import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Reason;
import dev.doorward.edge.link.LinkBook;
import dev.doorward.edge.link.LinkRegistry;
import dev.doorward.edge.link.OpenCalls;
import dev.doorward.transport.link.EdgeLink;
import dev.doorward.transport.tls.TlsProvider;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * The admin API, version 1: what the command line and later the console ask. One method and path a
 * line in {@link #answer}. Blocks on storage.
 */
public final class AdminApi {
  private static final Duration INVITE_LIFE = Duration.ofMinutes(15);

  private record Status(
      String version,
      String url,
      long pid,
      Instant startedAt,
      int links,
      int agentsOnline,
      int openCalls) {}

  private record LinkView(
      String id,
      List<String> services,
      boolean accepting,
      int openCalls,
      long rttMicros,
      @Nullable Instant since,
      String remote,
      String software,
      int index,
      String keyExchange) {}

  private record Offer(String name, String health) {}

  private record Lost(String reason, Instant at) {}

  private record ClonedKey(String from, String andFrom, Instant at) {}

  private record AgentState(
      String name,
      @Nullable Boolean online,
      List<String> mayServe,
      List<String> offers,
      boolean revoked,
      Instant enrolledAt,
      Instant certificateEnds,
      List<LinkView> links,
      List<Offer> services,
      @Nullable Lost lastLost,
      @Nullable ClonedKey clonedKey) {}

  private record ServiceState(String name, String url, boolean online, List<String> agents) {}

  private record Agents(List<AgentState> agents) {}

  private record People(List<Desk.PersonView> people) {}

  private record Services(List<ServiceState> services) {}

  /** What an edge has beside what an auth-server keeps. */
  public record Running(
      LinkRegistry links, OpenCalls calls, LinkBook book, CertificateDesk certificates) {}

  private final Issuer issuer;
  private final String version;
  private final Instant startedAt;
  private final AgentsDesk table;
  private final Optional<Running> running;
  private final Optional<Asked> kept;
  private final Optional<EdgesApi> edges;
  private final String elsewhere;

  /** What is asked about what is kept. */
  private record Asked(Desk desk, ClientApi clients, TokenApi tokens) {}

  private AdminApi(
      Issuer issuer,
      String version,
      Instant startedAt,
      AgentsDesk table,
      Optional<Running> running,
      Optional<Kept> kept,
      Optional<EdgesDesk> edges,
      String elsewhere) {
    this.issuer = issuer;
    this.version = version;
    this.startedAt = startedAt;
    this.table = table;
    this.running = running;
    this.kept =
        kept.map(k -> new Asked(k.desk(), new ClientApi(k.clients()), new TokenApi(k.tokens())));
    this.edges = edges.map(EdgesApi::new);
    this.elsewhere = elsewhere;
  }

  /**
   * The API of an edge.
   *
   * @param kept empty where the auth-server is a process of its own
   * @param elsewhere the socket to ask about what is kept then, where it is known
   */
  public static AdminApi edge(
      Issuer issuer,
      String version,
      Instant startedAt,
      AgentsDesk table,
      Running running,
      Optional<Kept> kept,
      String elsewhere) {
    return new AdminApi(
        issuer, version, startedAt, table, Optional.of(running), kept, Optional.empty(), elsewhere);
  }

  /** The API of an auth-server that is a process of its own. */
  public static AdminApi authServer(
      Issuer issuer, String version, Instant startedAt, Kept kept, EdgesDesk edges) {
    return new AdminApi(
        issuer,
        version,
        startedAt,
        kept.desk(),
        Optional.empty(),
        Optional.of(kept),
        Optional.of(edges),
        "");
  }

  /**
   * Answers one request.
   *
   * @param body null where there was none, or none that is a JSON object
   */
  AdminReply answer(String method, String path, @Nullable JsonNode body) {
    String[] segments = path.split("/", -1);
    if (segments.length < 3 || !segments[0].isEmpty() || !segments[1].equals("v1")) {
      return unknown();
    }
    String name = segments.length > 3 ? segments[3] : "";
    String verb = segments.length > 4 ? " " + segments[4] : "";
    String shape = segments.length > 3 ? segments[2] + "/NAME" + verb : segments[2];
    if (segments.length > 5) {
      return unknown();
    }
    String request = method + " " + shape;
    return switch (request) {
      case "GET status" -> AdminReply.ok(status());
      case "GET agents" -> AdminReply.ok(new Agents(agents()));
      case "GET agents/NAME" -> agent(name);
      case "GET services" -> AdminReply.ok(new Services(services()));
      case "GET certificates" ->
          running.map(r -> AdminReply.ok(r.certificates().show())).orElseGet(AdminApi::unknown);
      case "POST certificates" ->
          running.map(r -> AdminReply.of(r.certificates().renew())).orElseGet(AdminApi::unknown);
      default ->
          kept.map(asked -> answer(asked, request, name, body))
              .orElseGet(() -> AdminReply.elsewhere(elsewhere));
    };
  }

  private AdminReply answer(Asked asked, String request, String name, @Nullable JsonNode body) {
    Desk desk = asked.desk();
    return switch (request) {
      case "POST invites" -> invite(desk, body);
      case "GET people" -> AdminReply.ok(new People(desk.people()));
      case "POST people" -> addPerson(desk, body);
      case "POST people/NAME reset" -> AdminReply.of(desk.resetPerson(name));
      case "POST people/NAME allow" ->
          AdminReply.of(desk.allowPerson(name, texts(body, "services")));
      case "DELETE people/NAME" -> AdminReply.of(desk.removePerson(name));
      case "POST agents/NAME revoke" -> AdminReply.of(desk.revokeAgent(name));
      default ->
          asked
              .clients()
              .answer(request, name, body)
              .or(() -> asked.tokens().answer(request, name, body))
              .or(() -> edges.flatMap(api -> api.answer(request, name, body)))
              .orElseGet(AdminApi::unknown);
    };
  }

  private Optional<LinkBook> book() {
    return running.map(Running::book);
  }

  private List<EdgeLink> links() {
    return running.map(r -> r.links().links()).orElse(List.of());
  }

  private static AdminReply unknown() {
    return AdminReply.failed(
        Reason.ROUTE_UNKNOWN, "The edge does not know this request; are both of one version?");
  }

  private Status status() {
    List<EdgeLink> up = links();
    return new Status(
        version,
        issuer.value(),
        ProcessHandle.current().pid(),
        startedAt,
        up.size(),
        (int) up.stream().map(EdgeLink::agent).distinct().count(),
        running.map(r -> r.calls().size()).orElse(0));
  }

  private static AdminReply invite(Desk desk, @Nullable JsonNode body) {
    String agent = text(body, "agent");
    if (agent.isEmpty()) {
      return AdminReply.failed(Reason.USAGE, "An invite needs the name of the agent.");
    }
    Duration valid =
        body != null && body.path("valid_seconds").isIntegralNumber()
            ? Duration.ofSeconds(body.path("valid_seconds").asLong())
            : INVITE_LIFE;
    return AdminReply.of(desk.invite(agent, texts(body, "services"), valid, text(body, "from")));
  }

  private static AdminReply addPerson(Desk desk, @Nullable JsonNode body) {
    String name = text(body, "name");
    if (name.isEmpty() || body == null) {
      return AdminReply.failed(Reason.USAGE, "A person needs a name.");
    }
    boolean owner = body.path("owner").asBoolean(false);
    String password = text(body, "password");
    Outcome<?> added =
        password.isEmpty()
            ? desk.addPerson(name, owner, texts(body, "services"))
            : desk.addPerson(name, owner, texts(body, "services"), password);
    return AdminReply.of(added);
  }

  private List<AgentState> agents() {
    return table.agents().stream().map(this::state).toList();
  }

  private AdminReply agent(String name) {
    Optional<AgentState> found = agents().stream().filter(a -> a.name().equals(name)).findFirst();
    return found
        .map(AdminReply::ok)
        .orElseGet(() ->
            AdminReply.failed(
                Reason.AGENT_UNKNOWN,
                "There is no agent of that name; list them with: doorward agents list"));
  }

  private AgentState state(Desk.AgentView agent) {
    AgentId id = new AgentId(agent.name());
    List<LinkView> up = new ArrayList<>();
    for (EdgeLink link : links()) {
      if (link.agent().value().equals(agent.name())) {
        up.add(
            new LinkView(
                link.id(),
                link.services().stream().map(ServiceName::value).sorted().toList(),
                link.accepting(),
                link.openCalls(),
                link.rttMicros(),
                book().flatMap(b -> b.since(link)).orElse(null),
                link.facts().remote(),
                link.facts().software(),
                link.facts().index(),
                TlsProvider.best().linkKeyExchange()));
      }
    }
    return new AgentState(
        agent.name(),
        running.isEmpty() ? null : Boolean.valueOf(up.stream().anyMatch(LinkView::accepting)),
        agent.mayServe(),
        up.stream().flatMap(l -> l.services().stream()).distinct().sorted().toList(),
        agent.revoked(),
        agent.enrolledAt(),
        agent.certificateEnds(),
        up,
        offers(agent.name()),
        book()
            .flatMap(b -> b.lost(id))
            .map(lost -> new Lost(lost.reason().code(), lost.at()))
            .orElse(null),
        book()
            .flatMap(b -> b.clonedKey(id))
            .map(cloned -> new ClonedKey(cloned.one(), cloned.other(), cloned.at()))
            .orElse(null));
  }

  /** What the agent offers, and how the servers are as it says; the newest word counts. */
  private List<Offer> offers(String agent) {
    Map<String, String> health = new TreeMap<>();
    for (EdgeLink link : links()) {
      if (link.agent().value().equals(agent)) {
        for (ServiceName service : link.services()) {
          String said =
              book()
                  .flatMap(b -> b.health(link, service))
                  .map(up -> up ? "up" : "down")
                  .orElse("unknown");
          health.merge(service.value(), said, (a, b) -> b.equals("unknown") ? a : b);
        }
      }
    }
    return health.entrySet().stream().map(e -> new Offer(e.getKey(), e.getValue())).toList();
  }

  private List<ServiceState> services() {
    List<ServiceState> all = new ArrayList<>();
    for (String name : table.services()) {
      var service = new ServiceName(name);
      List<String> agents =
          links().stream()
              .filter(l -> l.accepting() && l.services().contains(service))
              .map(l -> l.agent().value())
              .distinct()
              .sorted()
              .toList();
      all.add(
          new ServiceState(name, issuer.resourceOf(service).value(), !agents.isEmpty(), agents));
    }
    return all;
  }

  private static String text(@Nullable JsonNode body, String name) {
    return body == null ? "" : body.path(name).asString("");
  }

  private static List<String> texts(@Nullable JsonNode body, String name) {
    List<String> texts = new ArrayList<>();
    if (body != null) {
      body.path(name).forEach(item -> texts.add(item.asString("")));
    }
    return texts;
  }
}
