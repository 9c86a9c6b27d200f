package dev.doorward.edge.main;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import dev.doorward.config.log.LogConfig;
import org.slf4j.LoggerFactory;

/**
 * Sets up logging: one line an outcome on standard output. The access log is written by a thread of
 * its own and loses lines rather than hold up a call.
 */
final class Logs {
  private Logs() {}

  /** Everything as {@code config} says. */
  static void configure(LogConfig config) {
    configure(config.format() == LogConfig.Format.JSON, level(config.level()), true);
  }

  /** Nothing but what goes wrong, on standard error: for commands that print results. */
  static void quiet() {
    configure(false, Level.ERROR, false);
  }

  private static void configure(boolean json, Level level, boolean out) {
    var context = (LoggerContext) LoggerFactory.getILoggerFactory();
    context.reset();
    var layout = new LogLine(json);
    layout.setContext(context);
    layout.start();
    var encoder = new LayoutWrappingEncoder<ILoggingEvent>();
    encoder.setContext(context);
    encoder.setLayout(layout);
    encoder.start();
    var console = new ConsoleAppender<ILoggingEvent>();
    console.setContext(context);
    console.setEncoder(encoder);
    console.setTarget(out ? "System.out" : "System.err");
    console.start();
    var access = new AccessAppender(layout, out ? System.out : System.err);
    access.setContext(context);
    access.start();
    ch.qos.logback.classic.Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    root.setLevel(level);
    root.addAppender(console);
    quieten(context, level);
    ch.qos.logback.classic.Logger accessLog = context.getLogger("access");
    accessLog.setAdditive(false);
    accessLog.addAppender(access);
  }

  /** Libraries tell their own business at warn and above only. */
  private static void quieten(LoggerContext context, Level level) {
    Level library = level.isGreaterOrEqual(Level.WARN) ? level : Level.WARN;
    for (String name : new String[] {"io.netty", "com.zaxxer.hikari", "org.flywaydb", "org.jdbi"}) {
      context.getLogger(name).setLevel(library);
    }
  }

  /** Writes what waits. */
  static void flush() {
    ((LoggerContext) LoggerFactory.getILoggerFactory()).stop();
  }

  private static Level level(LogConfig.Level level) {
    return switch (level) {
      case ERROR -> Level.ERROR;
      case WARN -> Level.WARN;
      case INFO -> Level.INFO;
      case DEBUG -> Level.DEBUG;
    };
  }
}
