package dev.doorward.config.agent;

import dev.doorward.config.bind.Key;
import java.time.Duration;

/** The section {@code limits} of agent.yaml. */
public record AgentLimits(
    @Key(
            doc = "How long connecting may take, to the edge and to a service.",
            fallback = "10s",
            least = "100ms",
            most = "2m")
        Duration connectTimeout,
    @Key(
            doc =
                "From the end of a request to the first byte of the service's answer; then the call"
                    + " fails. An event stream that has begun has no such limit.",
            fallback = "120s",
            least = "1s",
            most = "1h")
        Duration responseHeadTimeout,
    @Key(
            doc = "Most calls that are open on one link at a time; more are refused.",
            fallback = "1024",
            least = "1",
            most = "10000")
        int callsPerLink,
    @Key(
            doc = "How long running calls may go on when the agent stops; then they are ended.",
            fallback = "30s",
            least = "0s",
            most = "10m")
        Duration drain) {}
