package dev.doorward.agent.process;

import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All processes of this agent. Safe on any thread; starting blocks for milliseconds. */
public final class Processes implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Processes.class);
  private static final Duration LOOK = Duration.ofSeconds(2);

  /** Runs the command only once the guard knows of the process. */
  private static final String WRAPPER =
      "IFS= read -r go && [ \"$go\" = go ] || exit 125; exec \"$@\"";

  private final ProcessGuard guard;
  private final AtomicLong numbers = new AtomicLong();
  private final Set<ServerProcess> running = ConcurrentHashMap.newKeySet();
  private final ScheduledExecutorService timer;

  /**
   * No process yet.
   *
   * @param instance random letters and digits; marks the processes of this agent
   */
  public Processes(String instance) {
    guard = new ProcessGuard(instance);
    timer =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("memory-watch").daemon().factory());
    timer.scheduleWithFixedDelay(
        () -> look(Path.of("/proc")), LOOK.toMillis(), LOOK.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Starts a process; refused where this machine cannot, or its folder is not there. */
  public Outcome<ServerProcess> start(Launch launch, ProcessListener listener) {
    if (!Files.isDirectory(launch.directory())) {
      return Outcome.failed(
          Reason.BACKEND_UNREACHABLE,
          "the folder " + launch.directory() + " of its command is not there");
    }
    List<String> line = new ArrayList<>(List.of("setsid", "sh", "-c", WRAPPER, "doorward"));
    line.addAll(launch.command());
    ProcessBuilder builder = new ProcessBuilder(line).directory(launch.directory().toFile());
    String mark = guard.markOf(numbers.incrementAndGet());
    builder.environment().clear();
    builder.environment().putAll(launch.environment());
    builder.environment().put(ProcessGuard.MARK, mark);
    try {
      Process process = builder.start();
      ServerProcess made = new ServerProcess(process, launch, guard, listener);
      try {
        guard.add(process.pid(), mark);
        running.add(made);
        made.ended().thenRun(() -> running.remove(made));
        made.begin();
      } catch (IOException e) {
        running.remove(made);
        process.destroyForcibly();
        throw e;
      }
      return Outcome.ok(made);
    } catch (IOException e) {
      return Outcome.failed(
          Reason.BACKEND_UNREACHABLE,
          "no process can be started; the agent needs Linux with sh and setsid (util-linux) for"
              + " services that are commands");
    }
  }

  /** Kills what holds more memory than it may. */
  void look(Path proc) {
    try {
      if (running.stream().noneMatch(each -> each.launch().memory().isPresent())) {
        return;
      }
      Map<Long, MemoryWatch.Seen> all = MemoryWatch.look(proc);
      for (ServerProcess each : running) {
        long most = each.launch().memory().orElse(Long.MAX_VALUE);
        long held = MemoryWatch.resident(all, each.pid());
        if (held > most) {
          log.atWarn()
              .addKeyValue("event", "service_memory_limit")
              .addKeyValue("service", each.launch().service())
              .addKeyValue("pid", each.pid())
              .addKeyValue("bytes", held)
              .log("a process of the service holds more memory than its limit; it is killed");
          each.end(new ProcessEnd.TooMuchMemory());
        }
      }
    } catch (RuntimeException e) {
      log.atError().addKeyValue("event", "memory_watch_failed").setCause(e).log("memory watch");
    }
  }

  /** Ends all processes, as each wants to be ended; those that take too long are killed. */
  @Override
  public void close() {
    long grace =
        running.stream().mapToLong(each -> each.launch().stopTime().toMillis()).max().orElse(0);
    CompletableFuture.allOf(
            running.stream().map(ServerProcess::stop).toArray(CompletableFuture[]::new))
        .completeOnTimeout(null, 2 * grace + 1_000, TimeUnit.MILLISECONDS)
        .join();
    guard.close();
    timer.shutdownNow();
  }
}
