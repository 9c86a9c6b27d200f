package dev.doorward.agent.main;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import dev.doorward.config.log.LogConfig;
import org.slf4j.LoggerFactory;

/** Sets the log up as agent.yaml says; lines go to standard output, control characters do not. */
final class Logging {
  private static final String LINE =
      "%d{yyyy-MM-dd'T'HH:mm:ss.SSSXXX} %-5level %replace(%msg %kvp{NONE}){'\\p{Cntrl}', ' '}%n%ex{8}";

  private Logging() {}

  static void set(LogConfig config) {
    if (!(LoggerFactory.getILoggerFactory() instanceof LoggerContext context)) {
      return;
    }
    context.reset();
    ConsoleAppender<ILoggingEvent> console = new ConsoleAppender<>();
    console.setContext(context);
    console.setEncoder(encoder(config, context));
    console.start();
    Logger root = context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    root.addAppender(console);
    root.setLevel(Level.WARN);
    context.getLogger("dev.doorward").setLevel(Level.toLevel(config.level().name()));
  }

  private static Encoder<ILoggingEvent> encoder(LogConfig config, LoggerContext context) {
    return switch (config.format()) {
      case JSON -> {
        JsonEncoder json = new JsonEncoder();
        json.setContext(context);
        json.start();
        yield json;
      }
      case TEXT -> {
        PatternLayoutEncoder text = new PatternLayoutEncoder();
        text.setContext(context);
        text.setPattern(LINE);
        text.start();
        yield text;
      }
    };
  }
}
