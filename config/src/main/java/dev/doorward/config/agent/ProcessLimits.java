package dev.doorward.config.agent;

import dev.doorward.config.bind.Key;
import dev.doorward.config.value.ByteSize;
import java.time.Duration;
import java.util.Optional;

/** The section {@code limits} of a service that is a command. */
public record ProcessLimits(
    @Key(
            doc =
                "Most processes of this command at a time. Where all are in use, more sessions are"
                    + " refused; one that nobody uses makes room.",
            fallback = "16",
            least = "1",
            most = "1000")
        int processes,
    @Key(
            doc =
                "Most sessions of clients where one process serves all; the one unused longest ends.",
            fallback = "1000",
            least = "1",
            most = "100000")
        int sessions,
    @Key(
            doc =
                "Most memory that a process and all that it started may hold (resident, looked at"
                    + " every 2 s); beyond it they are killed. Without it there is no limit.",
            example = "512MiB",
            least = "8MiB")
        Optional<ByteSize> memory,
    @Key(
            doc = "How long a process may take to be ready to be called; then it is killed.",
            fallback = "60s",
            least = "1s",
            most = "10m")
        Duration startTime,
    @Key(
            doc = "A process, or a session, that nobody used for so long is ended.",
            fallback = "15m",
            least = "1s",
            most = "7d")
        Duration idleStop,
    @Key(
            doc =
                "How long a process has to end by itself once its input is closed, and again once"
                    + " it got SIGTERM; then it is killed with all that it started.",
            fallback = "3s",
            least = "100ms",
            most = "1m")
        Duration stopTime,
    @Key(
            doc =
                "Longest message, either way. A longer one of a client is refused; a process that"
                    + " sends one is ended.",
            fallback = "8MiB",
            least = "64KiB",
            most = "64MiB")
        ByteSize message) {

  /** What holds where the file says nothing. */
  public static ProcessLimits defaults() {
    return new ProcessLimits(
        16,
        1000,
        Optional.empty(),
        Duration.ofSeconds(60),
        Duration.ofMinutes(15),
        Duration.ofSeconds(3),
        new ByteSize(8 << 20));
  }
}
