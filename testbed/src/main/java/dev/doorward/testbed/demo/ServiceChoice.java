package dev.doorward.testbed.demo;

import java.net.URI;
import java.net.URISyntaxException;
import org.jspecify.annotations.Nullable;

/** What {@code --service} says: which MCP server stands behind the demo. */
public sealed interface ServiceChoice {
  /** The sample server of this testbed. */
  record Sample() implements ServiceChoice {}

  /** A server that runs already. */
  record Url(URI uri) implements ServiceChoice {}

  /** A command that serves MCP at {@code http://127.0.0.1:$PORT/mcp}. */
  record Command(String line) implements ServiceChoice {}

  /** Reads the option; null means that it was not given. */
  static ServiceChoice parse(@Nullable String text) {
    if (text == null) {
      return new Sample();
    }
    if (text.isBlank()) {
      throw new DemoFailure(
          "--service needs the URL of an MCP server or a command that starts one.");
    }
    if (!text.startsWith("http://") && !text.startsWith("https://")) {
      return new Command(text);
    }
    try {
      URI uri = new URI(text);
      if (uri.getHost() != null && uri.getRawFragment() == null && uri.getRawUserInfo() == null) {
        return new Url(uri);
      }
    } catch (URISyntaxException e) {
      // Told below.
    }
    throw new DemoFailure("--service: that is no URL; write it like http://127.0.0.1:3001/mcp.");
  }
}
