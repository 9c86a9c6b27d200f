package dev.doorward.testbed.sample;

import io.modelcontextprotocol.common.McpTransportContext;
import io.modelcontextprotocol.server.McpServer;
import io.modelcontextprotocol.server.transport.DefaultServerTransportSecurityValidator;
import io.modelcontextprotocol.server.transport.HttpServletStreamableServerTransportProvider;
import io.modelcontextprotocol.spec.McpSchema.ServerCapabilities;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Collections;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/**
 * An MCP server as people run them at home: streamable HTTP on a loopback port, no sign-in of its
 * own, foreign Host and Origin headers refused. As a process: {@code SampleServer --port N}; 0
 * picks a free port.
 */
public final class SampleServer implements AutoCloseable {
  private final Server jetty;
  private final int port;

  private SampleServer(Server jetty, int port) {
    this.jetty = jetty;
    this.port = port;
  }

  /** Starts on {@code 127.0.0.1:port}. */
  public static SampleServer start(int port) throws Exception {
    var transport =
        HttpServletStreamableServerTransportProvider.builder()
            .jsonMapper(McpJson.mapper())
            .mcpEndpoint("/mcp")
            .contextExtractor(SampleServer::identityHeaders)
            .httpHeaderValidator(
                DefaultServerTransportSecurityValidator.builder()
                    .allowedHost("127.0.0.1:*")
                    .allowedHost("localhost:*")
                    .allowedOrigin("http://127.0.0.1:*")
                    .allowedOrigin("http://localhost:*")
                    .build())
            .build();
    var _ =
        McpServer.sync(transport)
            .serverInfo("doorward-sample", "1.0.0")
            .instructions("A sample server: try echo, then count with a progress token.")
            .capabilities(
                ServerCapabilities.builder()
                    .tools(true)
                    .resources(false, true)
                    .prompts(true)
                    .logging()
                    .build())
            .tools(SampleTools.all())
            .resources(SampleResources.resources())
            .resourceTemplates(SampleResources.templates())
            .prompts(SampleResources.prompts())
            .build();

    var context = new ServletContextHandler();
    context.setContextPath("/");
    var holder = new ServletHolder(transport);
    holder.setAsyncSupported(true);
    context.addServlet(holder, "/mcp");
    var threads = new QueuedThreadPool(64, 4);
    threads.setName("sample");
    threads.setDaemon(false);
    var jetty = new Server(threads);
    var connector = new ServerConnector(jetty, 1, 1);
    connector.setHost("127.0.0.1");
    connector.setPort(port);
    jetty.addConnector(connector);
    jetty.setHandler(context);
    jetty.start();
    return new SampleServer(jetty, connector.getLocalPort());
  }

  /** The port it listens on. */
  public int port() {
    return port;
  }

  @Override
  public void close() {
    try {
      jetty.stop();
    } catch (Exception e) {
      throw new IllegalStateException("the sample server does not stop", e);
    }
  }

  private static McpTransportContext identityHeaders(HttpServletRequest request) {
    var seen = new TreeMap<String, Object>();
    for (String name : Collections.list(request.getHeaderNames())) {
      String key = name.toLowerCase(Locale.ROOT);
      if (key.startsWith("doorward-")
          || key.equals("authorization")
          || key.equals("cookie")
          || key.equals("host")) {
        seen.put(key, String.join(", ", Collections.list(request.getHeaders(name))));
      }
    }
    return McpTransportContext.create(Map.of(SampleTools.HEADERS, seen));
  }

  /** The process. */
  public static void main(String[] args) throws Exception {
    if (args.length != 2 || !args[0].equals("--port")) {
      System.err.println("Usage: SampleServer --port N");
      System.exit(2);
    }
    SampleServer server = start(Integer.parseInt(args[1]));
    System.out.println("The sample server listens on http://127.0.0.1:" + server.port() + "/mcp");
  }
}
