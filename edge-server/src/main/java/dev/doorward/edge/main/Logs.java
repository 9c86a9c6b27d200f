package dev.doorward.edge.main;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Layout;
import dev.doorward.config.log.LogConfig;
import dev.doorward.transport.log.Console;
import org.slf4j.LoggerFactory;

/**
 * Sets up logging: one line an outcome on standard output. The access log is written by a thread of
 * its own and loses lines rather than hold up a call.
 */
final class Logs {
  private Logs() {}

  /** Everything as {@code config} says. */
  static void configure(LogConfig config) {
    configure(config.format() == LogConfig.Format.JSON, config.level().name(), true);
  }

  /** Nothing but what goes wrong, on standard error: for commands that print results. */
  static void quiet() {
    configure(false, "ERROR", false);
  }

  private static void configure(boolean json, String level, boolean out) {
    Layout<ILoggingEvent> layout = Console.open(json, level, out);
    var context = (LoggerContext) LoggerFactory.getILoggerFactory();
    var access = new AccessAppender(layout, out ? System.out : System.err);
    access.setContext(context);
    access.start();
    ch.qos.logback.classic.Logger accessLog = context.getLogger("access");
    accessLog.setAdditive(false);
    accessLog.addAppender(access);
  }

  /** Writes what waits. */
  static void flush() {
    ((LoggerContext) LoggerFactory.getILoggerFactory()).stop();
  }
}
