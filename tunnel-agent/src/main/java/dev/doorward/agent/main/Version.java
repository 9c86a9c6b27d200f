package dev.doorward.agent.main;

import java.io.IOException;
import java.io.InputStream;
import java.util.Properties;

/** The version of this agent's software. */
final class Version {
  private static final String MADE_BY_THE_BUILD =
      "/META-INF/maven/dev.doorward/tunnel-agent/pom.properties";

  private Version() {}

  /** The version that the jar was built as; {@code dev} where the classes come from no jar. */
  static String current() {
    try (InputStream in = Version.class.getResourceAsStream(MADE_BY_THE_BUILD)) {
      if (in == null) {
        return "dev";
      }
      Properties properties = new Properties();
      properties.load(in);
      return properties.getProperty("version", "dev");
    } catch (IOException e) {
      return "dev";
    }
  }
}
