package dev.doorward.transport.log;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.Layout;
import ch.qos.logback.core.encoder.LayoutWrappingEncoder;
import org.slf4j.LoggerFactory;

/** The log of a process: one line an outcome on one of its standard streams. */
public final class Console {
  private static final String[] LIBRARIES = {
    "io.netty", "com.zaxxer.hikari", "org.flywaydb", "org.jdbi"
  };

  private Console() {}

  /**
   * Sets logging up anew; libraries tell their own business at warn and above only.
   *
   * @param level as of {@link Level#toLevel(String)}
   * @param out standard output, else standard error
   * @return the layout, for lines that are written in another way
   */
  public static Layout<ILoggingEvent> open(boolean json, String level, boolean out) {
    LoggerContext context = (LoggerContext) LoggerFactory.getILoggerFactory();
    context.reset();
    LogLine layout = new LogLine(json);
    layout.setContext(context);
    layout.start();
    LayoutWrappingEncoder<ILoggingEvent> encoder = new LayoutWrappingEncoder<>();
    encoder.setContext(context);
    encoder.setLayout(layout);
    encoder.start();
    ConsoleAppender<ILoggingEvent> console = new ConsoleAppender<>();
    console.setContext(context);
    console.setEncoder(encoder);
    console.setTarget(out ? "System.out" : "System.err");
    console.start();
    Level least = Level.toLevel(level);
    Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    root.setLevel(least);
    root.addAppender(console);
    Level library = least.isGreaterOrEqual(Level.WARN) ? least : Level.WARN;
    for (String name : LIBRARIES) {
      context.getLogger(name).setLevel(library);
    }
    return layout;
  }
}
