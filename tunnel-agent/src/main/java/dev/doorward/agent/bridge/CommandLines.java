package dev.doorward.agent.bridge;

import dev.doorward.agent.process.Launch;
import dev.doorward.agent.process.ProcessEnd;
import dev.doorward.agent.process.ProcessListener;
import dev.doorward.agent.process.Processes;
import dev.doorward.agent.process.ServerProcess;
import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Reason;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lines over standard input and output of a command: each line is a process. */
final class CommandLines implements ServerLine.Source {
  private static final Logger log = LoggerFactory.getLogger(CommandLines.class);

  private final Processes processes;
  private final Launch launch;

  CommandLines(Processes processes, Launch launch) {
    this.processes = processes;
    this.launch = launch;
  }

  @Override
  public Outcome<ServerLine> open(ServerLine.Listener listener) {
    return processes
        .start(launch, listening(listener))
        .then(process -> {
          log.atInfo()
              .addKeyValue("event", "service_process_started")
              .addKeyValue("service", launch.service())
              .addKeyValue("pid", process.pid())
              .log("process of the service started");
          return Outcome.ok(line(process));
        });
  }

  private ProcessListener listening(ServerLine.Listener listener) {
    return new ProcessListener() {
      @Override
      public void onLine(byte[] line) {
        listener.onMessage(line);
      }

      @Override
      public void onEnd(ProcessEnd end) {
        log.atInfo()
            .addKeyValue("event", "service_process_ended")
            .addKeyValue("service", launch.service())
            .log("process of the service: {}", end.text());
        listener.onEnd(reason(end), end.text());
      }
    };
  }

  private static Reason reason(ProcessEnd end) {
    return switch (end) {
      case ProcessEnd.Exited(int code) ->
          code == 126 || code == 127 ? Reason.BACKEND_UNREACHABLE : Reason.BACKEND_ABORTED;
      case ProcessEnd.Stopped _ -> Reason.SHUTTING_DOWN;
      case ProcessEnd.TooMuchMemory _ -> Reason.BACKEND_ABORTED;
      case ProcessEnd.LineTooLong _ -> Reason.BACKEND_PROTOCOL_VIOLATION;
    };
  }

  private static ServerLine line(ServerProcess process) {
    return new ServerLine() {
      @Override
      public boolean send(byte[] message) {
        return process.send(message);
      }

      @Override
      public void stop() {
        process.stop();
      }
    };
  }
}
