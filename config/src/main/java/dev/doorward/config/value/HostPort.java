package dev.doorward.config.value;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A host name or address and a port, written as {@code host:port} or {@code [v6]:port}.
 *
 * @param host without brackets; resolved when it is used, not here
 * @param port 0 to 65,535; 0 lets the system choose
 */
public record HostPort(String host, int port) {
  private static final Pattern FORM =
      Pattern.compile("(?:\\[([0-9A-Fa-f:.%]{2,64})]|([A-Za-z0-9._-]{1,253})):([0-9]{1,5})");

  /** Throws IllegalArgumentException for a port that there is not. */
  public HostPort {
    if (port < 0 || port > 65_535) {
      throw new IllegalArgumentException("no such port");
    }
  }

  /** The address that {@code text} writes, or empty where it writes none. */
  public static Optional<HostPort> parse(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches() || Integer.parseInt(form.group(3)) > 65_535) {
      return Optional.empty();
    }
    String host = form.group(1) != null ? form.group(1) : form.group(2);
    return Optional.of(new HostPort(host, Integer.parseInt(form.group(3))));
  }

  @Override
  public String toString() {
    return host.indexOf(':') >= 0 ? "[" + host + "]:" + port : host + ":" + port;
  }
}
