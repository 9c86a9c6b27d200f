package dev.doorward.config.edge;

import dev.doorward.config.bind.Key;
import java.time.Duration;

/** The section {@code agents} of edge.yaml. */
public record AgentsConfig(
    @Key(
            doc =
                "How long after the end of its certificate, which is 7 days old then, an agent that"
                    + " slept gets a new one by itself, with the same key. Later it needs a new"
                    + " invite. An agent that was revoked gets none.",
            fallback = "30d",
            least = "0s",
            most = "365d")
        Duration renewalGrace) {}
