package dev.doorward.config.agent;

import dev.doorward.config.bind.Key;
import dev.doorward.config.check.SelfChecked;
import dev.doorward.config.value.HttpUrl;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** A service in agent.yaml, below {@code services} and its name. */
public record ServiceConfig(
    @Key(
            doc =
                "URL of the MCP endpoint as this machine reaches it. Redirects are not followed and"
                    + " nothing but this URL is called.",
            example = "http://127.0.0.1:3000/mcp")
        HttpUrl url,
    @Key(
            doc =
                "PEM file with the CA of the service's certificate, for an https URL. Then this CA"
                    + " is trusted and no other; without it, the CAs of this machine's Java are.",
            example = "/etc/doorward/home-ca.pem",
            readable = true)
        Optional<Path> ca)
    implements SelfChecked {

  @Override
  public List<Fault> faults() {
    return ca.isPresent() && !url.secure()
        ? List.of(new Fault("ca", "needs an https URL; nothing is checked of an http one."))
        : List.of();
  }
}
