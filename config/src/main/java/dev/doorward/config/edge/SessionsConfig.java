package dev.doorward.config.edge;

import dev.doorward.config.bind.Key;
import dev.doorward.config.check.SelfChecked;
import java.time.Duration;
import java.util.List;

/** The section {@code sessions} of edge.yaml: how long people stay signed in in their browsers. */
public record SessionsConfig(
    @Key(
            doc = "How long a person stays signed in who opens no page.",
            fallback = "12h",
            least = "5m",
            most = "30d")
        Duration idle,
    @Key(
            doc =
                "How long a person stays signed in at most; then the password is asked for again.",
            fallback = "7d",
            least = "5m",
            most = "365d")
        Duration life)
    implements SelfChecked {

  @Override
  public List<Fault> faults() {
    return idle.compareTo(life) > 0
        ? List.of(new Fault("idle", "is more than sessions.life."))
        : List.of();
  }
}
