package dev.doorward.agent.process;

import dev.doorward.common.identity.ServiceName;
import dev.doorward.common.outcome.Outcome;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;

/** A program that runs a process as the agent does, prints what it says, and waits to be killed. */
final class RunsProcesses {
  private RunsProcesses() {}

  public static void main(String[] args) throws InterruptedException {
    PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);
    Processes processes = new Processes("test" + ProcessHandle.current().pid());
    Launch launch =
        new Launch(
            new ServiceName("notes"),
            List.of(
                "sh",
                "-c",
                "trap '' TERM; sleep 1000 & a=$!; setsid sh -c 'sleep 1001 & wait' & b=$!;"
                    + " echo $$ $a $b; wait"),
            Map.of("PATH", System.getenv("PATH")),
            Path.of("/"),
            OptionalLong.empty(),
            Duration.ofSeconds(1),
            1_000);
    Outcome<ServerProcess> started =
        processes.start(
            launch,
            new ProcessListener() {
              @Override
              public void onLine(byte[] line) {
                out.println(new String(line, StandardCharsets.US_ASCII));
              }

              @Override
              public void onEnd(ProcessEnd end) {
                out.println("ended");
              }
            });
    if (started instanceof Outcome.Failed<ServerProcess>) {
      out.println("failed");
    }
    Thread.sleep(Duration.ofMinutes(1));
  }
}
