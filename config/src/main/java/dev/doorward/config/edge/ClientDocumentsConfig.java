package dev.doorward.config.edge;

import dev.doorward.config.bind.Key;
import dev.doorward.config.check.SelfChecked;
import dev.doorward.config.value.ByteSize;
import dev.doorward.config.value.HostName;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The section {@code client-documents} of edge.yaml: clients that are described by a document at
 * the URL that is their identifier, and what fetching it may cost.
 */
public record ClientDocumentsConfig(
    @Key(
            doc =
                "Whether a client may be known by the URL of its metadata document. The edge then"
                    + " fetches that document over the internet.",
            fallback = "true")
        boolean enabled,
    @Key(
            doc =
                "Only clients whose document is at one of these domains or below; none means any"
                    + " domain.",
            example = "claude.ai")
        List<HostName> allowedDomains,
    @Key(
            doc =
                "Never clients whose document is at one of these domains or below, whatever"
                    + " allowed-domains says.",
            example = "example.net")
        List<HostName> deniedDomains,
    @Key(
            doc =
                "Hosts whose documents may be at addresses that are not public, such as those of an"
                    + " intranet. Every other host must have public addresses only.",
            example = "clients.corp.example")
        List<HostName> privateHosts,
    @Key(doc = "Ports of documents besides 443.", least = "1", most = "65535", example = "8443")
        List<Integer> ports,
    @Key(
            doc = "Largest document; a larger one is refused.",
            fallback = "5KiB",
            least = "1KiB",
            most = "64KiB")
        ByteSize size,
    @Key(
            doc = "Time for a fetch, from the look-up of the name to the last byte.",
            fallback = "5s",
            least = "1s",
            most = "30s")
        Duration timeout,
    @Key(
            doc = "Most fetches at a time; one more is refused and may be tried again.",
            fallback = "5",
            least = "1",
            most = "64")
        int atATime,
    @Key(
            doc = "Fetches an hour that sign-ins from one network may cause; beyond it 429.",
            fallback = "120",
            least = "1",
            most = "100000")
        int perHour,
    @Key(
            doc = "How long a document is good for at least, whatever its HTTP headers say.",
            fallback = "5m",
            least = "1m",
            most = "24h")
        Duration leastLife,
    @Key(
            doc = "How long a document is good for at most, whatever its HTTP headers say.",
            fallback = "24h",
            least = "1m",
            most = "7d")
        Duration mostLife,
    @Key(
            doc =
                "How long a document that could not be had, or was refused, is not fetched again.",
            fallback = "30s",
            least = "1s",
            most = "1h")
        Duration retryAfter)
    implements SelfChecked {

  @Override
  public List<Fault> faults() {
    List<Fault> faults = new ArrayList<>();
    if (leastLife.compareTo(mostLife) > 0) {
      faults.add(new Fault("least-life", "is more than client-documents.most-life."));
    }
    return faults;
  }
}
