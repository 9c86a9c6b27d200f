package dev.doorward.agent.process;

import java.io.IOException;
import java.io.OutputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A small shell that holds the other end of a pipe of the agent's and signals the agent's
 * processes. When the agent is gone, however it went, the pipe ends and the shell kills every
 * process that is left: by process group, and by a mark in the environment that their descendants
 * inherit, so that one which made a session of its own is found too. It has a session of its own
 * and ignores what a terminal sends. Safe on any thread.
 */
final class ProcessGuard implements AutoCloseable {
  /** The variable that marks the processes. */
  static final String MARK = "DOORWARD_PROCESS";

  private static final String SCRIPT =
      """
      trap '' HUP INT QUIT TERM PIPE
      all=
      sweep() {
        for round in 1 2 3; do
          found=$(grep -lF -- "$1" /proc/[0-9]*/environ 2>/dev/null)
          [ -n "$found" ] || return 0
          for file in $found; do
            pid=${file#/proc/}
            kill -KILL "${pid%/environ}" 2>/dev/null
          done
        done
      }
      while read -r verb group mark; do
        case $verb in
          add) all="$all $group " ;;
          term) kill -TERM "-$group" 2>/dev/null ;;
          kill) kill -KILL "-$group" 2>/dev/null ;;
          gone)
            all=$(printf '%s' "$all" | sed "s/ $group / /")
            sweep "$mark"
            ;;
        esac
      done
      for group in $all; do
        kill -KILL "-$group" 2>/dev/null
      done
      sweep "$0"
      """;

  private final String mark;
  private final Map<Long, String> alive = new LinkedHashMap<>();
  private @Nullable Process shell;
  private boolean closed;

  /**
   * A guard whose shell is started when the first process is.
   *
   * @param instance what marks the processes of this agent; random, letters and digits
   */
  ProcessGuard(String instance) {
    this.mark = MARK + "=" + instance + ".";
  }

  /** What marks process number {@code number}: the value of {@link #MARK}. */
  String markOf(long number) {
    return mark.substring(MARK.length() + 1) + number + ".";
  }

  /** From now on the process and its group end with the agent at the latest. */
  synchronized void add(long pid, String markOf) throws IOException {
    if (closed) {
      throw new IOException("the agent is shutting down");
    }
    alive.put(pid, markOf);
    say("add " + pid + " " + markOf);
  }

  /** Asks the group to end. */
  synchronized void terminate(long pid) {
    try {
      say("term " + pid + " -");
    } catch (IOException e) {
      // The pipe is gone and so is the group.
    }
  }

  /** Ends the group. */
  synchronized void kill(long pid) {
    try {
      say("kill " + pid + " -");
    } catch (IOException e) {
      // The pipe is gone and so is the group.
    }
  }

  /** The process has ended; what it left behind is killed. */
  synchronized void gone(long pid) {
    String markOf = alive.remove(pid);
    if (markOf != null && !closed) {
      try {
        say("kill " + pid + " -");
        say("gone " + pid + " " + MARK + "=" + markOf);
      } catch (IOException e) {
        // The pipe is gone and so is the group.
      }
    }
  }

  private void say(String line) throws IOException {
    Process running = shell;
    if (running == null || !running.isAlive()) {
      running = start();
      shell = running;
      for (Map.Entry<Long, String> each : alive.entrySet()) {
        write(running, "add " + each.getKey() + " " + each.getValue());
      }
    }
    write(running, line);
  }

  private static void write(Process to, String line) throws IOException {
    OutputStream out = to.getOutputStream();
    out.write((line + "\n").getBytes(StandardCharsets.US_ASCII));
    out.flush();
  }

  private Process start() throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(List.of("setsid", "sh", "-c", SCRIPT, mark))
            .redirectOutput(Redirect.DISCARD)
            .redirectError(Redirect.DISCARD);
    String path = System.getenv("PATH");
    builder.environment().clear();
    builder.environment().put("PATH", path == null ? "/usr/bin:/bin" : path);
    return builder.start();
  }

  /** Ends the shell, which ends what is left of the processes. */
  @Override
  public synchronized void close() {
    closed = true;
    Process running = shell;
    if (running != null) {
      try {
        running.getOutputStream().close();
      } catch (IOException e) {
        // It has ended.
      }
    }
  }
}
