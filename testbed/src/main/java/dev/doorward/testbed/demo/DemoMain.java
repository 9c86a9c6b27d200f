package dev.doorward.testbed.demo;

import java.io.IOException;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The command {@code doorward demo}. */
@Command(
    name = "doorward demo",
    description = "Runs edge, agent and an MCP server on this machine, until Ctrl-C.",
    mixinStandardHelpOptions = true)
public final class DemoMain implements Callable<Integer> {
  @Option(
      names = "--port",
      paramLabel = "N",
      description = "Port of the edge on the loopback address; a free one is picked otherwise.")
  private int port;

  @Option(
      names = "--service",
      paramLabel = "URL|COMMAND",
      description =
          "An MCP server of yours instead of the sample: its URL, or a command that serves MCP at"
              + " http://127.0.0.1:$$PORT/mcp.")
  private @Nullable String service;

  @Option(
      names = "--json",
      description = "Print demo.json to standard output when ready, and nothing else there.")
  private boolean json;

  @Option(names = "--rehearse", hidden = true, description = "Ends when ready; part of the build.")
  private boolean rehearse;

  /** The process. */
  public static void main(String[] args) {
    var line = new CommandLine(new DemoMain());
    line.setParameterExceptionHandler((e, rest) -> {
      System.err.println(
          "doorward demo: " + e.getMessage() + "; 'doorward demo --help' tells more.");
      return 2;
    });
    System.exit(line.execute(args));
  }

  @Override
  public Integer call() throws InterruptedException {
    if (port < 0 || port > 65_535) {
      System.err.println("doorward demo: --port is a number from 1 to 65535.");
      return 2;
    }
    var stopped = new AtomicBoolean();
    var demo = new Demo(Installation.find(rehearse), DemoMain::note);
    Runtime.getRuntime()
        .addShutdownHook(
            Thread.ofPlatform()
                .name("demo-end")
                .unstarted(() -> {
                  stopped.set(true);
                  demo.close();
                }));
    try {
      Demo.Ready ready = demo.start(port, ServiceChoice.parse(service));
      if (rehearse) {
        return 0;
      }
      System.out.println(json ? ready.json() : forPeople(ready));
      demo.awaitEnd();
      return 1;
    } catch (DemoFailure e) {
      // Who stops the demo while it starts sees no failures of what is being stopped.
      return stopped.get() ? 1 : failed(e.sentence());
    } catch (IOException e) {
      return failed("The demo failed: " + Objects.requireNonNullElse(e.getMessage(), "I/O error"));
    } finally {
      demo.close();
    }
  }

  private static int failed(String text) {
    System.err.println("doorward demo: " + text);
    return 1;
  }

  private static void note(String text) {
    System.err.println(text);
  }

  private static String forPeople(Demo.Ready ready) {
    return """
    The demo is ready.

      MCP server  %1$s
      person      %2$s
      password    %3$s
      CA          %4$s

    To try it, start MCP Inspector in another terminal:

      NODE_EXTRA_CA_CERTS=%4$s npx @modelcontextprotocol/inspector

    and connect to %1$s (Streamable HTTP); or without a browser for the tools:

      NODE_EXTRA_CA_CERTS=%4$s npx @modelcontextprotocol/inspector --cli %1$s --transport http --method tools/list

    Your browser will warn of the demo's own certificate; that is expected here.
    Ctrl-C ends the demo.\
    """
        .formatted(ready.resource(), ready.person(), ready.password(), ready.ca());
  }
}
