package dev.doorward.config.edge;

import dev.doorward.config.bind.Key;
import dev.doorward.config.check.SelfChecked;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The section {@code tokens} of edge.yaml. */
public record TokensConfig(
    @Key(
            doc =
                "How long an access token is good for. A revoked one is refused by the edge at"
                    + " once, whatever this says.",
            fallback = "10m",
            least = "1m",
            most = "1h")
        Duration accessLife,
    @Key(
            doc = "How long a refresh token is good for that is not used.",
            fallback = "30d",
            least = "1h",
            most = "365d")
        Duration refreshIdle,
    @Key(
            doc = "How long a sign-in is good for, however often it is refreshed.",
            fallback = "90d",
            least = "1h",
            most = "730d")
        Duration refreshLife,
    @Key(
            doc =
                "A client that lost the answer to a refresh may ask again this long with the same"
                    + " refresh token and gets the same answer. Later the token counts as stolen"
                    + " and the whole sign-in ends. 0s for never.",
            fallback = "10s",
            least = "0s",
            most = "1m")
        Duration refreshGrace,
    @Key(
            doc =
                "How long a personal access token may be good for; whoever makes one chooses up to"
                    + " this.",
            fallback = "90d",
            least = "1h",
            most = "3650d")
        Duration personalLife,
    @Key(
            doc = "Most personal access tokens of one person.",
            fallback = "20",
            least = "0",
            most = "1000")
        int personalPerPerson,
    @Key(
            doc = "How long a device without a browser waits for its person to enter its code.",
            fallback = "10m",
            least = "1m",
            most = "1h")
        Duration deviceLife,
    @Key(
            doc = "How long one signing key signs before the next one takes its place.",
            fallback = "30d",
            least = "2h",
            most = "365d")
        Duration keyLife,
    @Key(
            doc =
                "How long the next signing key is published before it signs, so that everybody who"
                    + " caches keys has it by then.",
            fallback = "24h",
            least = "1h",
            most = "30d")
        Duration keyAhead)
    implements SelfChecked {

  @Override
  public List<Fault> faults() {
    List<Fault> faults = new ArrayList<>();
    if (refreshIdle.compareTo(refreshLife) > 0) {
      faults.add(new Fault("refresh-idle", "is more than tokens.refresh-life."));
    }
    if (keyAhead.compareTo(keyLife) >= 0) {
      faults.add(new Fault("key-ahead", "must be less than tokens.key-life."));
    }
    return faults;
  }
}
