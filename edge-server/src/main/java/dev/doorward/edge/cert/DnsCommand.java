package dev.doorward.edge.cert;

import dev.doorward.common.outcome.Problem;
import dev.doorward.common.outcome.Reason;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records by a program of the operator's: {@code COMMAND add|remove NAME VALUE}, without a shell.
 * It gets a plain environment, so no secret of this process reaches it, and is killed at its time
 * limit, its children with it.
 */
final class DnsCommand implements DnsRecords {
  private static final Logger LOG = LoggerFactory.getLogger(DnsCommand.class);

  private final Path command;
  private final Duration limit;
  private final Duration propagation;
  private final Patience.Pause pause;

  DnsCommand(Path command, Duration limit, Duration propagation, Patience.Pause pause) {
    this.command = command;
    this.limit = limit;
    this.propagation = propagation;
    this.pause = pause;
  }

  @Override
  public Optional<Problem> add(String name, String value) {
    Optional<Problem> problem = run("add", name, value);
    if (problem.isPresent()) {
      return problem;
    }
    try {
      pause.pause(propagation);
      return Optional.empty();
    } catch (InterruptedException e) {
      return ending();
    }
  }

  @Override
  public void remove(String name, String value) {
    run("remove", name, value)
        .ifPresent(problem ->
            LOG.atWarn()
                .addKeyValue("event", "dns_record_not_removed")
                .addKeyValue("reason", problem.reason())
                .addKeyValue("record", name)
                .log(problem.text()));
  }

  private Optional<Problem> run(String verb, String name, String value) {
    var builder = new ProcessBuilder(List.of(command.toString(), verb, name, value));
    Map<String, String> environment = builder.environment();
    environment.keySet().retainAll(List.of("PATH", "HOME", "LANG", "TZ"));
    builder.redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD);
    try {
      Process process = builder.start();
      process.getOutputStream().close();
      if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly();
        return failed("takes longer than tls.acme.dns.timeout");
      }
      return process.exitValue() == 0
          ? Optional.empty()
          : failed("ended with exit code " + process.exitValue());
    } catch (IOException e) {
      return failed("cannot be started; is it executable?");
    } catch (InterruptedException e) {
      return ending();
    }
  }

  private static Optional<Problem> ending() {
    Thread.currentThread().interrupt();
    return Optional.of(new Problem(Reason.SHUTTING_DOWN, "The process ends."));
  }

  private Optional<Problem> failed(String what) {
    return Optional.of(
        new Problem(
            Reason.ACME_VALIDATION_FAILED, "tls.acme.dns.command " + command + " " + what + "."));
  }
}
