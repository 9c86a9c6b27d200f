package dev.doorward.testbed.demo;

import dev.doorward.common.identity.Invite;
import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Problem;
import dev.doorward.edge.admin.AdminClient;
import dev.doorward.testbed.client.Trust;
import dev.doorward.testbed.sample.SampleServer;
import java.io.IOException;
import java.net.URI;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** One run of the demo: three processes, from their start to their end. */
public final class Demo implements AutoCloseable {
  static final String SERVICE = "demo";
  static final String PERSON = "demo";
  static final String AGENT = "demo-host";

  private static final Duration PATIENCE = Duration.ofMinutes(1);
  private static final Duration PATIENCE_WITH_COMMAND = Duration.ofMinutes(3);
  private static final Duration GRACE = Duration.ofSeconds(5);
  private static final long POLL_MILLIS = 20;
  private static final long END_MILLIS = 500;
  private static final long RESTART_MILLIS = 2_000;
  private static final int MOST_RESTARTS = 20;

  /** What the person at the terminal needs to know. */
  public record Ready(String resource, String person, String password, Path ca, String json) {}

  private final Installation installation;
  private final Shape shape;
  private final DemoFiles files;
  private final Consumer<String> notes;
  private final List<Child> children = new CopyOnWriteArrayList<>();
  private final CountDownLatch ending = new CountDownLatch(1);
  private DemoFiles.@Nullable Facts facts;
  private int port;
  private int restarts;

  /** Prepares a run; {@code notes} gets a sentence for whatever happens after the start. */
  public Demo(Installation installation, Consumer<String> notes) {
    this(installation, Shape.EMBEDDED, notes);
  }

  /** The same with the auth-server where {@code shape} says. */
  public Demo(Installation installation, Shape shape, Consumer<String> notes) {
    this.installation = installation;
    this.shape = shape;
    this.files = new DemoFiles(installation.demoFolder());
    this.notes = notes;
  }

  /** Starts everything and waits until the service can be called. */
  public Ready start(int wantedPort, ServiceChoice choice)
      throws IOException, InterruptedException {
    return start(wantedPort, choice, Map.of());
  }

  /**
   * The same with more services behind the same agent.
   *
   * @param more URLs by name of the service
   */
  public Ready start(int wantedPort, ServiceChoice choice, Map<String, URI> more)
      throws IOException, InterruptedException {
    takeTheFolder();
    if (wantedPort != 0 && !Ports.isFree(wantedPort)) {
      throw new DemoFailure(
          "Port " + wantedPort + " is in use by another program; choose another with --port.");
    }
    port = wantedPort != 0 ? wantedPort : Ports.free();
    files.prepare();
    String password = files.password();
    files.writeEdgeYaml(port, shape);
    if (shape == Shape.APART) {
      files.writeAuthYaml(port);
      startAuth();
    }

    // The three start side by side; the agent waits for its invite with a warm machine.
    startEdge();
    Child agent =
        child(
            "agent",
            "tunnel-agent",
            List.of(),
            "dev.doorward.agent.main.AgentMain",
            List.of("@" + files.agentArguments()));
    int serverPort = Ports.free();
    @Nullable Child server = startServer(choice, serverPort);
    URI url =
        choice instanceof ServiceChoice.Url(URI uri)
            ? uri
            : URI.create("http://127.0.0.1:" + serverPort + "/mcp");
    Map<String, URI> services = new LinkedHashMap<>(more);
    services.put(SERVICE, url);

    var admin = new AdminClient(files.edgeFolder());
    await(PATIENCE, "The edge does not answer", () -> answers(admin));
    Invite invite = invite(admin, services.keySet());
    List<String> join = new ArrayList<>(List.of("join", invite.encode(), "--run"));
    join.addAll(List.of("--data-dir", files.agentFolder().toString()));
    services.forEach((name, at) -> join.addAll(List.of("--service", name + "=" + at)));
    files.writeAgentArguments(join);
    addPerson(admin, password);
    files.publishCa();
    var outside = new PublicSide(trust(), "localhost", port);

    await(
        choice instanceof ServiceChoice.Command ? PATIENCE_WITH_COMMAND : PATIENCE,
        "The MCP server does not listen at " + url,
        () -> Ports.answers(url.getHost(), url.getPort() == -1 ? defaultPort(url) : url.getPort()));
    await(PATIENCE, "The agent does not reach the edge", () -> online(admin));
    String path = "/" + SERVICE + "/mcp";
    await(
        PATIENCE, "The edge does not serve " + path, () -> outside.statusWithoutToken(path) == 401);

    // Who starts the agent with the same command line again finds it enrolled.
    files.writeAgentArguments(List.of("run", "--data-dir", files.agentFolder().toString()));
    String issuer = "https://localhost:" + port;
    facts =
        new DemoFiles.Facts(
            issuer,
            issuer + path,
            PERSON,
            password,
            agent.pid(),
            server == null ? 0 : server.pid());
    String json = files.writeJson(facts, pid("edge"), pid("auth"));
    children.forEach(child -> child.onEnd(() -> ended(child)));
    return new Ready(issuer + path, PERSON, password, files.ca(), json);
  }

  /** Returns when {@link #close} was called or no process is left. */
  public void awaitEnd() throws InterruptedException {
    while (children.stream().anyMatch(Child::alive)) {
      if (ending.await(500, TimeUnit.MILLISECONDS)) {
        return;
      }
    }
  }

  /** Ends every process and waits for it. Idempotent. */
  @Override
  public synchronized void close() {
    ending.countDown();
    try {
      Files.deleteIfExists(files.json());
      for (Child child : children.reversed()) {
        child.end();
      }
      for (Child child : children.reversed()) {
        child.awaitEnd(installation.rehearsal() ? PATIENCE : GRACE);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException e) {
      notes.accept("The demo cannot tidy up " + files.json() + ".");
    }
    children.clear();
  }

  private void takeTheFolder() throws IOException {
    Files.createDirectories(files.folder());
    FileChannel lock =
        FileChannel.open(
            files.folder().resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
    if (lock.tryLock() == null) {
      throw new DemoFailure("Another demo runs from " + files.folder() + "; stop that one first.");
    }
  }

  private Child child(
      String name, String module, List<String> options, String main, List<String> args)
      throws IOException {
    Child child =
        Child.start(
            name, installation.java(module, options, main, args), installation.demoFolder());
    children.add(child);
    return child;
  }

  private @Nullable Child startServer(ServiceChoice choice, int port) throws IOException {
    return switch (choice) {
      case ServiceChoice.Sample _ ->
          child(
              "server",
              "testbed",
              List.of(
                  "-XX:TieredStopAtLevel=1",
                  "-Xmx96m",
                  "-Dlogback.configurationFile=dev/doorward/testbed/sample/logback.xml"),
              SampleServer.class.getName(),
              List.of("--port", Integer.toString(port)));
      case ServiceChoice.Url _ -> null;
      case ServiceChoice.Command(String line) -> {
        Child child =
            Child.startCommand(
                "server", line, Map.of("PORT", Integer.toString(port)), installation.demoFolder());
        children.add(child);
        yield child;
      }
    };
  }

  private static boolean answers(AdminClient admin) {
    return admin.ask("GET", "/v1/status", null) instanceof Outcome.Ok<JsonNode>;
  }

  private static Invite invite(AdminClient admin, Collection<String> services) {
    Outcome<Invite> invite =
        admin
            .ask("POST", "/v1/invites", Map.of("agent", AGENT, "services", List.copyOf(services)))
            .then(answer -> Invite.parse(answer.path("invite").asString("")));
    return need(invite);
  }

  private static void addPerson(AdminClient admin, String password) {
    var _ =
        need(
            admin.ask(
                "POST",
                "/v1/people",
                Map.of(
                    "name", PERSON, "owner", true, "services", List.of(), "password", password)));
  }

  private static <T> T need(Outcome<T> outcome) {
    return switch (outcome) {
      case Outcome.Ok<T>(T value) -> value;
      case Outcome.Failed<T>(Problem problem) -> throw new DemoFailure(problem.text());
    };
  }

  /** Online means more than a socket: an echo has come back through the agent's link. */
  private static boolean online(AdminClient admin) {
    return admin.ask("GET", "/v1/agents/" + AGENT, null)
            instanceof Outcome.Ok<JsonNode>(JsonNode agent)
        && agent.path("online").asBoolean(false);
  }

  private SSLContext trust() throws IOException {
    try {
      return Trust.only(files.ca());
    } catch (GeneralSecurityException e) {
      throw new IOException("the certificate of the edge's CA cannot be read", e);
    }
  }

  private static int defaultPort(URI url) {
    return url.getScheme().equals("https") ? 443 : 80;
  }

  private void ended(Child child) {
    try {
      // Where everything ends, each end is no news.
      if (ending.await(END_MILLIS, TimeUnit.MILLISECONDS)) {
        return;
      }
      notes.accept(child.obituary());
      switch (child.name()) {
        case "edge" -> restartEdge();
        case "auth" -> restartAuth();
        default -> {
          // The others stay away.
        }
      }
    } catch (IOException e) {
      notes.accept("The " + child.name() + " cannot be started again: " + e.getMessage());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** An edge comes back, as it would under a supervisor, unless somebody else has started one. */
  private void restartEdge() throws IOException, InterruptedException {
    if (ending.await(RESTART_MILLIS, TimeUnit.MILLISECONDS) || !Ports.isFree(port)) {
      return;
    }
    synchronized (this) {
      DemoFiles.Facts known = facts;
      if (ending.getCount() == 0 || known == null) {
        return;
      }
      if (++restarts > MOST_RESTARTS) {
        notes.accept("The edge has ended too often and is not started again.");
        return;
      }
      Child edge = startEdge();
      var _ = files.writeJson(known, edge.pid(), pid("auth"));
      edge.onEnd(() -> ended(edge));
    }
    notes.accept("The edge was started again.");
  }

  /** So does an auth-server of its own. */
  private void restartAuth() throws IOException, InterruptedException {
    if (ending.await(RESTART_MILLIS, TimeUnit.MILLISECONDS)) {
      return;
    }
    synchronized (this) {
      DemoFiles.Facts known = facts;
      if (ending.getCount() == 0 || known == null || ++restarts > MOST_RESTARTS) {
        return;
      }
      Child auth = startAuth();
      var _ = files.writeJson(known, pid("edge"), auth.pid());
      auth.onEnd(() -> ended(auth));
    }
    notes.accept("The auth-server was started again.");
  }

  private Child startAuth() throws IOException {
    children.removeIf(child -> child.name().equals("auth"));
    return child(
        "auth",
        "edge-server",
        List.of(),
        "dev.doorward.edge.main.EdgeMain",
        List.of("auth", "--config", files.authYaml().toString()));
  }

  private Child startEdge() throws IOException {
    children.removeIf(child -> child.name().equals("edge"));
    return child(
        "edge",
        "edge-server",
        List.of(),
        "dev.doorward.edge.main.EdgeMain",
        List.of("edge", "--config", files.edgeYaml().toString()));
  }

  /** 0 where there is no such process. */
  private long pid(String name) {
    return children.stream()
        .filter(child -> child.name().equals(name))
        .mapToLong(Child::pid)
        .findFirst()
        .orElse(0);
  }

  /** Something that is true or not yet; an I/O error means not yet. */
  private interface Condition {
    boolean holds() throws IOException;
  }

  private void await(Duration patience, String failure, Condition condition)
      throws InterruptedException {
    long end = System.nanoTime() + patience.toNanos();
    while (true) {
      children.forEach(Child::check);
      try {
        if (condition.holds()) {
          return;
        }
      } catch (IOException e) {
        // Not yet.
      }
      if (System.nanoTime() > end) {
        throw new DemoFailure(
            failure
                + " (waited "
                + patience.toSeconds()
                + " s); its log is in "
                + files.folder()
                + ".");
      }
      if (ending.await(POLL_MILLIS, TimeUnit.MILLISECONDS)) {
        throw new DemoFailure("The demo was stopped before it was ready.");
      }
    }
  }
}
