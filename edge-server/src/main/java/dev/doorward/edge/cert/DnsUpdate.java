package dev.doorward.edge.cert;

import dev.doorward.common.outcome.Problem;
import dev.doorward.common.outcome.Reason;
import dev.doorward.config.value.HostPort;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records by updates of a zone's primary name server (RFC 2136), signed both ways by a TSIG key,
 * over TCP. Touches TXT records only, and removes only the one that it added.
 */
final class DnsUpdate implements DnsRecords {
  private static final Logger LOG = LoggerFactory.getLogger(DnsUpdate.class);
  private static final int TTL_SECONDS = 60;
  private static final int UPDATE = 5 << 11;
  private static final int HEADER = 12;

  /**
   * The name server and the zone.
   *
   * @param timeout for the connection, and for the answer
   * @param propagation until the other servers of the zone know
   */
  record Server(HostPort address, String zone, Duration timeout, Duration propagation) {}

  private final Server server;
  private final Tsig key;
  private final InstantSource clock;
  private final RandomGenerator random;
  private final Patience.Pause pause;

  DnsUpdate(
      Server server, Tsig key, InstantSource clock, RandomGenerator random, Patience.Pause pause) {
    this.server = server;
    this.key = key;
    this.clock = clock;
    this.random = random;
    this.pause = pause;
  }

  @Override
  public Optional<Problem> add(String name, String value) {
    if (!name.equals(server.zone()) && !name.endsWith("." + server.zone())) {
      return failed(name + " is not in the zone " + server.zone() + " of tls.acme.dns.zone");
    }
    Optional<Problem> problem = update(name, value, DnsMessage.IN, TTL_SECONDS);
    if (problem.isPresent()) {
      return problem;
    }
    try {
      pause.pause(server.propagation());
      return Optional.empty();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return Optional.of(new Problem(Reason.SHUTTING_DOWN, "The process ends."));
    }
  }

  @Override
  public void remove(String name, String value) {
    update(name, value, DnsMessage.NONE, 0)
        .ifPresent(problem ->
            LOG.atWarn()
                .addKeyValue("event", "dns_record_not_removed")
                .addKeyValue("reason", problem.reason())
                .addKeyValue("record", name)
                .log(problem.text()));
  }

  /** The update without its signature: one zone, one change, nothing presupposed. */
  byte[] message(int id, String name, String value, int kind, int ttl) {
    byte[] text = value.getBytes(StandardCharsets.US_ASCII);
    return new DnsMessage()
        .u16(id)
        .u16(UPDATE)
        .u16(1)
        .u16(0)
        .u16(1)
        .u16(0)
        .name(server.zone())
        .u16(DnsMessage.SOA)
        .u16(DnsMessage.IN)
        .name(name)
        .u16(DnsMessage.TXT)
        .u16(kind)
        .u32(ttl)
        .u16(text.length + 1)
        .u8(text.length)
        .raw(text)
        .toBytes();
  }

  private Optional<Problem> update(String name, String value, int kind, int ttl) {
    int id = random.nextInt(1 << 16);
    Tsig.Signed signed = key.sign(message(id, name, value, kind, ttl), clock.instant());
    try {
      byte[] answer = exchange(signed.message());
      return judge(answer, id, signed.mac());
    } catch (IOException e) {
      return failed("the name server " + server.address() + " cannot be reached, or breaks off");
    }
  }

  private byte[] exchange(byte[] message) throws IOException {
    int millis = (int) server.timeout().toMillis();
    try (var socket = new Socket()) {
      socket.connect(
          new InetSocketAddress(server.address().host(), server.address().port()), millis);
      socket.setSoTimeout(millis);
      socket.getOutputStream().write(new DnsMessage().u16(message.length).raw(message).toBytes());
      var in = new DataInputStream(socket.getInputStream());
      byte[] answer = new byte[in.readUnsignedShort()];
      in.readFully(answer);
      return answer;
    }
  }

  private Optional<Problem> judge(byte[] answer, int id, byte[] requestMac) {
    if (answer.length < HEADER || (ByteBuffer.wrap(answer).getShort(0) & 0xffff) != id) {
      return failed("the name server's answer is to another question");
    }
    int code = answer[3] & 0xf;
    int signature = signatureAt(answer);
    if (signature < 0 || !key.holds(answer, signature, requestMac, clock.instant())) {
      return failed(
          code == 0
              ? "the name server's answer is not signed by the TSIG key"
              : "the name server refused the update (code "
                  + code
                  + ")"
                  + (code == 9 ? "; it does not know the TSIG key, or the clocks differ" : ""));
    }
    return code == 0
        ? Optional.empty()
        : failed("the name server refused the update (code " + code + ")");
  }

  /** Where the last record starts, or -1; an answer has the zone and the signature at the most. */
  private static int signatureAt(byte[] answer) {
    ByteBuffer in = ByteBuffer.wrap(answer);
    int zones = in.getShort(4);
    boolean usual =
        (zones == 0 || zones == 1)
            && in.getShort(6) == 0
            && in.getShort(8) == 0
            && in.getShort(10) == 1;
    if (!usual) {
      return -1;
    }
    int at = HEADER;
    if (zones == 1) {
      while (at < answer.length && answer[at] != 0) {
        at += 1 + (answer[at] & 0x3f);
      }
      at += 1 + 4;
    }
    return at < answer.length ? at : -1;
  }

  private Optional<Problem> failed(String what) {
    return Optional.of(new Problem(Reason.ACME_VALIDATION_FAILED, "dns-01: " + what + "."));
  }
}
