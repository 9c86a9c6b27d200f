package dev.doorward.config.edge;

import dev.doorward.config.bind.Key;
import dev.doorward.config.check.SelfChecked;
import dev.doorward.config.value.ByteSize;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** The section {@code limits} of edge.yaml: the bounds of what strangers can make the edge do. */
public record LimitsConfig(
    @Key(
            doc = "Longest request line; beyond it 414.",
            fallback = "8KiB",
            least = "1KiB",
            most = "64KiB")
        ByteSize requestLine,
    @Key(
            doc = "Largest header section of a request; beyond it 431.",
            fallback = "32KiB",
            least = "4KiB",
            most = "256KiB")
        ByteSize headers,
    @Key(
            doc =
                "Longest single header; beyond it 431. An access token of 8KiB, the longest that is"
                    + " looked at, must fit.",
            fallback = "9KiB",
            least = "1KiB",
            most = "64KiB")
        ByteSize header,
    @Key(
            doc = "Most headers of a request; beyond it 431.",
            fallback = "100",
            least = "16",
            most = "1000")
        int headerCount,
    @Key(
            doc = "Largest request body; beyond it 413.",
            fallback = "4MiB",
            least = "1KiB",
            most = "64MiB")
        ByteSize body,
    @Key(
            doc =
                "Bytes of request bodies that are held in memory at a time, over all connections;"
                    + " beyond it 503 with Retry-After.",
            fallback = "128MiB",
            least = "1MiB",
            most = "64GiB")
        ByteSize heldBodies,
    @Key(
            doc = "Deepest nesting of a JSON body; beyond it 400.",
            fallback = "64",
            least = "8",
            most = "512")
        int jsonDepth,
    @Key(
            doc =
                "From the first byte of a request, or from the handshake, to the end of its"
                    + " headers; then 408.",
            fallback = "10s",
            least = "1s",
            most = "1m")
        Duration headerTimeout,
    @Key(
            doc = "Longest silence inside a request body; then 408.",
            fallback = "30s",
            least = "1s",
            most = "10m")
        Duration bodyTimeout,
    @Key(
            doc =
                "Bytes a second that a request body must bring, counted after header-timeout; below"
                    + " it 408.",
            fallback = "500",
            least = "1",
            most = "1MiB")
        ByteSize bodyRate,
    @Key(
            doc = "How long a connection may rest between two requests; then it is closed.",
            fallback = "75s",
            least = "1s",
            most = "1h")
        Duration idleTimeout,
    @Key(
            doc = "How long a client may refuse to take bytes; then its call is cancelled.",
            fallback = "30s",
            least = "1s",
            most = "10m")
        Duration writeStall,
    @Key(
            doc = "Most HTTP/2 streams of a connection at a time.",
            fallback = "100",
            least = "1",
            most = "1000")
        int streamsPerConnection,
    @Key(
            doc = "Most connections at a time; more are closed at once.",
            fallback = "10000",
            least = "10",
            most = "1000000")
        int connections,
    @Key(
            doc =
                "Most connections of one address (IPv4) or one /56 network (IPv6); more are closed"
                    + " at once.",
            fallback = "1000",
            least = "1",
            most = "1000000")
        int connectionsPerAddress,
    @Key(
            doc =
                "Requests a second that one address may make for long; beyond the burst 429 with"
                    + " Retry-After.",
            fallback = "1000",
            least = "1",
            most = "1000000")
        int requestsPerSecond,
    @Key(
            doc = "Requests that one address may make at once.",
            fallback = "2000",
            least = "1",
            most = "1000000")
        int requestBurst,
    @Key(
            doc = "Most links of one agent; more are refused.",
            fallback = "16",
            least = "2",
            most = "64")
        int linksPerAgent,
    @Key(
            doc = "Most calls that are open on one link at a time; beyond it 503.",
            fallback = "1024",
            least = "1",
            most = "10000")
        int callsPerLink,
    @Key(
            doc =
                "From the end of a request to the first byte of the service's answer; then 504. An"
                    + " event stream that has begun has no such limit.",
            fallback = "120s",
            least = "1s",
            most = "1h")
        Duration responseHeadTimeout,
    @Key(
            doc =
                "A silent event stream gets a comment this often, so that no proxy on the way takes"
                    + " it for dead.",
            fallback = "15s",
            least = "1s",
            most = "5m")
        Duration sseKeepAlive,
    @Key(
            doc = "How long running calls may go on when the edge stops; then they are ended.",
            fallback = "30s",
            least = "0s",
            most = "10m")
        Duration drain)
    implements SelfChecked {

  @Override
  public List<Fault> faults() {
    List<Fault> faults = new ArrayList<>();
    if (header.compareTo(headers) > 0) {
      faults.add(new Fault("header", "is more than limits.headers, which is " + headers + "."));
    }
    if (body.compareTo(heldBodies) > 0) {
      faults.add(
          new Fault("body", "is more than limits.held-bodies, which is " + heldBodies + "."));
    }
    return faults;
  }
}
