package dev.doorward.config.agent;

import dev.doorward.config.bind.Key;
import dev.doorward.config.check.SelfChecked;
import dev.doorward.config.value.HttpUrl;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A service in agent.yaml, below {@code services} and its name: a server that is called at its URL,
 * or a command that the agent runs and speaks MCP with over standard input and output.
 */
public record ServiceConfig(
    @Key(
            doc =
                "URL of the MCP endpoint as this machine reaches it. Redirects are not followed and"
                    + " nothing but this URL is called. A service has either this or a command.",
            example = "http://127.0.0.1:3000/mcp")
        Optional<HttpUrl> url,
    @Key(
            doc =
                "PEM file with the CA of the service's certificate, for an https URL. Then this CA"
                    + " is trusted and no other; without it, the CAs of this machine's Java are.",
            example = "/etc/doorward/home-ca.pem",
            readable = true)
        Optional<Path> ca,
    @Key(
            doc =
                "Unix socket that the server at the URL listens on; the URL then only says what the"
                    + " server is called and which path is asked for.",
            example = "/run/notes/mcp.sock")
        Optional<Path> socket,
    @Key(
            doc =
                "streamable: the server speaks streamable HTTP. http-sse: it speaks only the older"
                    + " HTTP+SSE of 2024-11-05, and the URL is that of its event stream.",
            fallback = "streamable")
        Transport transport,
    @Key(
            doc =
                "A program that speaks MCP over standard input and output, and its arguments. The"
                    + " agent runs it as it stands, without a shell, when the service is called.",
            example = "[npx, -y, \"@modelcontextprotocol/server-filesystem\", /srv]")
        List<String> command,
    @Key(
            doc =
                "What the command finds in its environment beside PATH, HOME, USER, LOGNAME, SHELL,"
                    + " LANG, LC_ALL, TZ and TMPDIR: NAME=value, or NAME alone for the value that"
                    + " the agent has. Nothing else of the agent's environment is passed on.",
            example = "[LOG_LEVEL=info, HTTPS_PROXY]")
        List<String> environment,
    @Key(
            doc =
                "File with more of the command's environment, a NAME=value a line, for secrets."
                    + " Nobody but its owner may be able to read it.",
            example = "/etc/doorward/files.env",
            readable = true)
        Optional<Path> environmentFile,
    @Key(doc = "Where the command runs; without it, where the agent was started.", example = "/srv")
        Optional<Path> directory,
    @Key(
            doc =
                "session: a process of its own for each session of a client, and for each caller"
                    + " without one. shared: one process for all, which cannot tell them apart.",
            fallback = "session")
        Processes processes,
    ProcessLimits limits)
    implements SelfChecked {
  private static final Pattern VARIABLE = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*(=[^\\x00]*)?");

  /** What the server at a URL speaks. */
  public enum Transport {
    /** Streamable HTTP, since 2025-03-26. */
    STREAMABLE,
    /** HTTP+SSE, 2024-11-05. */
    HTTP_SSE
  }

  /** How many processes a command has. */
  public enum Processes {
    /** One a session. */
    SESSION,
    /** One. */
    SHARED
  }

  /** Copies the lists. */
  public ServiceConfig {
    command = List.copyOf(command);
    environment = List.copyOf(environment);
  }

  /** A server at a URL. */
  public static ServiceConfig at(HttpUrl url, Optional<Path> ca) {
    return new ServiceConfig(
        Optional.of(url),
        ca,
        Optional.empty(),
        Transport.STREAMABLE,
        List.of(),
        List.of(),
        Optional.empty(),
        Optional.empty(),
        Processes.SESSION,
        ProcessLimits.defaults());
  }

  @Override
  public List<Fault> faults() {
    List<Fault> faults = new ArrayList<>();
    if (url.isPresent() != command.isEmpty()) {
      faults.add(
          url.isPresent()
              ? new Fault("command", "is there beside a url; a service has one of the two.")
              : new Fault(
                  "url",
                  "is missing; a service has a url, such as http://127.0.0.1:3000/mcp, or a"
                      + " command."));
    }
    if (ca.isPresent() && !(url.isPresent() && url.get().secure())) {
      faults.add(new Fault("ca", "needs an https URL; nothing is checked of an http one."));
    }
    if (url.isEmpty() && (socket.isPresent() || transport != Transport.STREAMABLE)) {
      faults.add(new Fault("socket", "and transport go with a url; this service is a command."));
    }
    if (command.stream().anyMatch(part -> part.indexOf('\0') >= 0)
        || (!command.isEmpty() && command.getFirst().isEmpty())) {
      faults.add(new Fault("command", "is a program and its arguments, each a text."));
    }
    if (!environment.stream().allMatch(each -> VARIABLE.matcher(each).matches())) {
      faults.add(new Fault("environment", "takes NAME=value, or NAME alone, on each line."));
    }
    if (command.isEmpty()
        && (!environment.isEmpty() || environmentFile.isPresent() || directory.isPresent())) {
      faults.add(
          new Fault(
              "environment", "and directory go with a command; this service is only called."));
    }
    return faults;
  }
}
