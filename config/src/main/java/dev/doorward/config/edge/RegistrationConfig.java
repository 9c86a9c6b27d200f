package dev.doorward.config.edge;

import dev.doorward.config.bind.Key;
import dev.doorward.config.check.SelfChecked;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;

/** The section {@code registration} of edge.yaml: clients that register themselves (RFC 7591). */
public record RegistrationConfig(
    @Key(
            doc =
                "Whether clients may register themselves. Without it only those of"
                    + " client-documents and those that you add can sign people in.",
            fallback = "true")
        boolean enabled,
    @Key(
            doc = "Registrations an hour from one network; beyond it 429 with Retry-After.",
            fallback = "60",
            least = "1",
            most = "100000")
        int perHour,
    @Key(
            doc = "Registrations an hour from all networks together; beyond it 429.",
            fallback = "3600",
            least = "1",
            most = "1000000")
        int perHourInAll,
    @Key(
            doc =
                "Most clients that are kept though nobody has allowed them anything; beyond it the"
                    + " oldest of the network that has most of them goes.",
            fallback = "1000",
            least = "10",
            most = "100000")
        int unused,
    @Key(
            doc = "How long a client is kept that nobody allows anything.",
            fallback = "24h",
            least = "1h",
            most = "365d")
        Duration unusedLife,
    @Key(
            doc =
                "Schemes of redirect URIs that start an app, such as cursor in cursor://... Schemes"
                    + " with a dot in them (com.example.app) need no entry; some, such as"
                    + " javascript, are refused whatever is here.",
            fallback =
                "claude, cursor, jetbrains, raycast, vscode, vscode-insiders, vscodium, warp,"
                    + " windsurf, zed")
        List<String> appSchemes)
    implements SelfChecked {

  private static final Pattern SCHEME = Pattern.compile("[a-z][a-z0-9+.-]{1,63}");

  /** Copies the schemes. */
  public RegistrationConfig {
    appSchemes = List.copyOf(appSchemes);
  }

  @Override
  public List<Fault> faults() {
    return appSchemes.stream().allMatch(scheme -> SCHEME.matcher(scheme).matches())
        ? List.of()
        : List.of(
            new Fault(
                "app-schemes", "must hold schemes without colon and slashes, in lower case."));
  }
}
