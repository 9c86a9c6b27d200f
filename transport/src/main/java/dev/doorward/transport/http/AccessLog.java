package dev.doorward.transport.http;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;
import org.slf4j.spi.LoggingEventBuilder;

/**
 * One line per request on the logger {@code access}. Never a query, a header or a body. Whether the
 * line is written by another thread is the log configuration's business; the edge's is asynchronous
 * and drops lines rather than wait.
 */
public final class AccessLog {
  private static final Logger LOG = LoggerFactory.getLogger("access");
  private static final int LONGEST = 256;

  /**
   * A request that was answered, or given up.
   *
   * @param path without query
   * @param status 0 where no answer was begun
   * @param reason empty where nothing was refused and nothing failed
   * @param subject empty where nobody was recognised
   */
  public record Entry(
      String call,
      String remote,
      String protocol,
      String method,
      String path,
      int status,
      long bytesIn,
      long bytesOut,
      long micros,
      String subject,
      String reason) {}

  private AccessLog() {}

  /** Writes the line of {@code entry}. */
  public static void write(Entry entry) {
    if (!LOG.isInfoEnabled()) {
      return;
    }
    LoggingEventBuilder line =
        LOG.atLevel(Level.INFO)
            .addKeyValue("event", "request")
            .addKeyValue("call", entry.call())
            .addKeyValue("remote", entry.remote())
            .addKeyValue("protocol", entry.protocol())
            .addKeyValue("method", safe(entry.method()))
            .addKeyValue("path", safe(entry.path()))
            .addKeyValue("status", entry.status())
            .addKeyValue("in", entry.bytesIn())
            .addKeyValue("out", entry.bytesOut())
            .addKeyValue("micros", entry.micros());
    if (!entry.subject().isEmpty()) {
      line = line.addKeyValue("subject", entry.subject());
    }
    if (!entry.reason().isEmpty()) {
      line = line.addKeyValue("reason", entry.reason());
    }
    line.log();
  }

  /** Text fit for one field of a line: visible ASCII without quotes, cut at 256 characters. */
  static String safe(String text) {
    boolean fine = text.length() <= LONGEST;
    for (int i = 0; fine && i < text.length(); i++) {
      char c = text.charAt(i);
      fine = c > ' ' && c < 0x7f && c != '"' && c != '\\';
    }
    if (fine) {
      return text;
    }
    var out = new StringBuilder(Math.min(text.length(), LONGEST));
    for (int i = 0; i < text.length() && out.length() < LONGEST; i++) {
      char c = text.charAt(i);
      out.append(c > ' ' && c < 0x7f && c != '"' && c != '\\' ? c : '?');
    }
    return out.toString();
  }
}
