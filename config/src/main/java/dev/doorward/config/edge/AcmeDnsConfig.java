package dev.doorward.config.edge;

import dev.doorward.common.identity.Secret;
import dev.doorward.config.bind.Key;
import dev.doorward.config.check.SelfChecked;
import dev.doorward.config.value.HostName;
import dev.doorward.config.value.HostPort;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;

/** The section {@code tls.acme.dns}: how records for dns-01 come into the DNS. */
public record AcmeDnsConfig(
    @Key(
            doc =
                "A program that is run as COMMAND add NAME VALUE before, and as COMMAND remove NAME"
                    + " VALUE after: it puts the TXT record in place. Exit code 0 means done.",
            example = "/etc/doorward/dns-hook",
            readable = true)
        Optional<Path> command,
    @Key(
            doc = "The primary name server of the zone, for updates by RFC 2136.",
            example = "192.0.2.53:53")
        Optional<HostPort> server,
    @Key(doc = "The zone that is updated.", example = "example.com") Optional<HostName> zone,
    @Key(doc = "The name of the TSIG key (RFC 8945).", example = "doorward-key")
        Optional<String> keyName,
    @Key(doc = "The TSIG key, in base64.", example = "c2VjcmV0...") Optional<Secret> key,
    @Key(doc = "The algorithm of the TSIG key.", fallback = "hmac-sha256") Algorithm algorithm,
    @Key(
            doc = "How long the command may run, or the name server may take to answer.",
            fallback = "2m",
            least = "1s",
            most = "10m")
        Duration timeout,
    @Key(
            doc = "How long to wait for the other name servers of the zone before it is looked at.",
            fallback = "30s",
            least = "0s",
            most = "1h")
        Duration propagation)
    implements SelfChecked {

  /** Algorithms of TSIG that are still good. */
  public enum Algorithm {
    HMAC_SHA256,
    HMAC_SHA384,
    HMAC_SHA512
  }

  @Override
  public List<Fault> faults() {
    List<Fault> faults = new ArrayList<>();
    if (command.isPresent() && server.isPresent()) {
      faults.add(new Fault("command", "and tls.acme.dns.server are both there; one must go."));
    }
    if (server.isPresent() && (zone.isEmpty() || keyName.isEmpty() || key.isEmpty())) {
      faults.add(new Fault("server", "needs zone, key-name and key beside it."));
    }
    if (key.filter(secret -> !isBase64(secret)).isPresent()) {
      faults.add(new Fault("key", "is not in base64."));
    }
    return faults;
  }

  private static boolean isBase64(Secret secret) {
    try {
      return Base64.getDecoder().decode(secret.reveal()).length > 0;
    } catch (IllegalArgumentException e) {
      return false;
    }
  }
}
