package dev.doorward.transport.log;

import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.classic.spi.IThrowableProxy;
import ch.qos.logback.classic.spi.StackTraceElementProxy;
import ch.qos.logback.core.LayoutBase;
import java.util.List;
import org.slf4j.event.KeyValuePair;

/**
 * A log line: time, level, {@code key=value} pairs, text; or the same as one JSON object. Whatever
 * a value holds, it stays one line: all but printable ASCII is escaped, and values are cut.
 */
public final class LogLine extends LayoutBase<ILoggingEvent> {
  private static final int LONGEST = 512;

  private final boolean json;

  /** A layout for machines, or for people. */
  public LogLine(boolean json) {
    this.json = json;
  }

  @Override
  public String doLayout(ILoggingEvent event) {
    var out = new StringBuilder(200);
    if (json) {
      out.append("{\"at\":\"").append(event.getInstant()).append('"');
      member(out, "level", event.getLevel().toString());
      member(out, "logger", event.getLoggerName());
    } else {
      out.append(event.getInstant()).append(' ').append(event.getLevel());
    }
    List<KeyValuePair> pairs = event.getKeyValuePairs();
    if (pairs != null) {
      for (KeyValuePair pair : pairs) {
        value(out, pair.key, String.valueOf(pair.value));
      }
    }
    String text = event.getFormattedMessage();
    if (text != null) {
      value(out, json ? "text" : "", text);
    }
    IThrowableProxy thrown = event.getThrowableProxy();
    if (thrown != null) {
      value(out, "cause", cause(thrown));
    }
    return out.append(json ? "}\n" : "\n").toString();
  }

  private void value(StringBuilder out, String key, String value) {
    String cut = value.length() > LONGEST ? value.substring(0, LONGEST) : value;
    if (json) {
      member(out, key, cut);
      return;
    }
    out.append(' ');
    if (!key.isEmpty()) {
      out.append(key).append('=');
    }
    if (isPlain(cut, key.isEmpty())) {
      out.append(cut);
    } else {
      JsonText.append(out, cut);
    }
  }

  private static void member(StringBuilder out, String key, String value) {
    out.append(',');
    JsonText.append(out, key);
    out.append(':');
    JsonText.append(out, value);
  }

  private static boolean isPlain(String text, boolean spaces) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c <= 0x20 || c >= 0x7f || c == '"' || c == '\\') {
        if (c != ' ' || !spaces) {
          return false;
        }
      }
    }
    return !text.isEmpty();
  }

  /** What was thrown, and the first line of ours on its way. */
  private static String cause(IThrowableProxy thrown) {
    IThrowableProxy root = thrown;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    String where = "";
    for (StackTraceElementProxy line : thrown.getStackTraceElementProxyArray()) {
      if (line.getStackTraceElement().getClassName().startsWith("dev.doorward.")) {
        where = " " + line.getSTEAsString();
        break;
      }
    }
    return root.getClassName() + ": " + root.getMessage() + where;
  }
}
