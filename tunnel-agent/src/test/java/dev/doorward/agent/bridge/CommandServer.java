package dev.doorward.agent.bridge;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** The shell script that is an MCP server for tests. */
public final class CommandServer {
  private CommandServer() {}

  /** Puts the script into a folder; its path. */
  public static Path in(Path folder) throws IOException {
    Path script = folder.resolve("server.sh");
    try (InputStream in = CommandServer.class.getResourceAsStream("server.sh")) {
      if (in == null) {
        throw new IOException("server.sh is missing");
      }
      Files.write(script, in.readAllBytes());
    }
    return script;
  }
}
