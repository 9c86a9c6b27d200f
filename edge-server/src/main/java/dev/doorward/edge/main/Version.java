package dev.doorward.edge.main;

/** The version of this build. */
final class Version {
  /** As in the manifest of the archive; {@code dev} where classes run without one. */
  static final String TEXT = text();

  private Version() {}

  private static String text() {
    String version = Version.class.getPackage().getImplementationVersion();
    return version == null ? "dev" : version;
  }
}
