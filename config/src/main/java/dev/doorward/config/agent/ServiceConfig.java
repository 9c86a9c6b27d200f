package dev.doorward.config.agent;

import dev.doorward.config.bind.Key;
import dev.doorward.config.value.HttpUrl;

/** A service in agent.yaml, below {@code services} and its name. */
public record ServiceConfig(
    @Key(
            doc =
                "URL of the MCP endpoint as this machine reaches it. Redirects are not followed and"
                    + " nothing but this URL is called.",
            example = "http://127.0.0.1:3000/mcp")
        HttpUrl url) {}
