package dev.doorward.agent.install;

import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Reason;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * What is to be installed, with absolute paths.
 *
 * @param user the service's own; made where it is missing
 * @param launcher the file {@code doorward}
 * @param config agent.yaml, where it is not the one in the data directory
 */
public record Installation(
    String user, Path dataDir, Optional<Path> config, Path launcher, Path javaHome) {
  /** Name of the unit. */
  public static final String UNIT = "doorward-agent.service";

  /** Name of the user unless told otherwise. */
  public static final String USER = "doorward-agent";

  /** Where the data of a service belong. */
  public static final Path DATA_DIR = Path.of("/var/lib/doorward-agent");

  private static final Path UNIT_FILE = Path.of("/etc/systemd/system", UNIT);
  private static final Pattern USERS = Pattern.compile("[a-z_][a-z0-9_-]{0,30}");
  private static final Pattern PLAIN = Pattern.compile("/[A-Za-z0-9/._+@-]*");
  private static final List<String> HIDDEN = List.of("/home", "/root", "/tmp", "/var/tmp", "/run");

  /** Where something of the installation is, under a name for people. */
  private Map<String, Path> places() {
    return Map.of(
        "Doorward itself", launcher, "Java", javaHome, "agent.yaml", config.orElse(DATA_DIR));
  }

  /** The same, or why it cannot be a service. Pure: looks at names only. */
  public Outcome<Installation> checked() {
    if (!USERS.matcher(user).matches() || user.equals("root")) {
      return Outcome.failed(
          Reason.USAGE,
          "The service's user has 1 to 31 characters of a-z, 0-9, _ and -, and is not root.");
    }
    Optional<Path> odd =
        Stream.concat(places().values().stream(), Stream.of(dataDir))
            .filter(path -> !PLAIN.matcher(path.toString()).matches())
            .findFirst();
    if (odd.isPresent()) {
      return Outcome.failed(
          Reason.USAGE,
          "The path "
              + odd.get()
              + " has characters that a unit file cannot hold; use letters, digits, and . _ + @ -.");
    }
    for (Map.Entry<String, Path> place : places().entrySet()) {
      if (HIDDEN.stream().anyMatch(hidden -> place.getValue().startsWith(hidden))) {
        return Outcome.failed(
            Reason.USAGE,
            place.getKey()
                + " is in "
                + place.getValue()
                + ", which the service must not see; put it elsewhere, e.g. below /opt, and try"
                + " again.");
      }
    }
    if (HIDDEN.stream().anyMatch(dataDir::startsWith)) {
      return Outcome.failed(
          Reason.USAGE,
          "The directory "
              + dataDir
              + " is where the service must not look; join with --data-dir "
              + DATA_DIR
              + " and try again.");
    }
    return Outcome.ok(this);
  }

  /**
   * What has to be done, in this order; doing it again changes nothing.
   *
   * @param userExists whether the user is there
   */
  public List<Step> steps(boolean userExists) {
    Step.Run makeUser =
        new Step.Run(
            List.of(
                "useradd",
                "--system",
                "--user-group",
                "--no-create-home",
                "--home-dir",
                dataDir.toString(),
                "--shell",
                "/usr/sbin/nologin",
                user));
    Stream<Step> user = userExists ? Stream.of() : Stream.of(makeUser);
    return Stream.concat(
            user,
            Stream.of(
                new Step.Run(
                    List.of("chown", "-R", "-h", this.user + ":" + this.user, dataDir.toString())),
                new Step.Write(UNIT_FILE, UnitFile.of(this)),
                new Step.Run(List.of("systemctl", "daemon-reload")),
                new Step.Run(List.of("systemctl", "enable", UNIT)),
                new Step.Run(List.of("systemctl", "restart", UNIT))))
        .toList();
  }

  /** One thing to do. */
  public sealed interface Step {
    /** A program, without a shell. */
    record Run(List<String> command) implements Step {}

    /** A file that everybody may read. */
    record Write(Path file, String text) implements Step {}
  }
}
