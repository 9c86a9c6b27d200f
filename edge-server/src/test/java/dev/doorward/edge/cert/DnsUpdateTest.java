package dev.doorward.edge.cert;

import static org.assertj.core.api.Assertions.assertThat;

import dev.doorward.common.outcome.Problem;
import dev.doorward.config.edge.AcmeDnsConfig.Algorithm;
import dev.doorward.config.value.HostPort;
import java.io.DataInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.UnaryOperator;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DnsUpdateTest {
  private static final Instant NOW = Instant.parse("2026-06-01T00:00:00Z");
  private static final byte[] SECRET = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
  private static final Tsig KEY = new Tsig("doorward-key", SECRET, Algorithm.HMAC_SHA256);
  private static final String NAME = "_acme-challenge.mcp.example.com";

  private final List<byte[]> asked = new ArrayList<>();
  private final List<Duration> pauses = new ArrayList<>();
  private ServerSocket socket;
  private DnsUpdate dns;

  /** What becomes of a right answer before it is sent. */
  private UnaryOperator<byte[]> forged = answer -> answer;

  private int code;
  private Instant serverTime = NOW;

  @BeforeEach
  void open() throws IOException {
    socket = new ServerSocket(0, 10, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::serve);
    dns =
        new DnsUpdate(
            new DnsUpdate.Server(
                new HostPort("127.0.0.1", socket.getLocalPort()),
                "example.com",
                Duration.ofSeconds(5),
                Duration.ofSeconds(30)),
            KEY,
            () -> NOW,
            new Random(3),
            pauses::add);
  }

  @AfterEach
  void close() throws IOException {
    socket.close();
  }

  private void serve() {
    while (!socket.isClosed()) {
      try (Socket client = socket.accept()) {
        var in = new DataInputStream(client.getInputStream());
        byte[] question = new byte[in.readUnsignedShort()];
        in.readFully(question);
        asked.add(question);
        byte[] answer = forged.apply(answer(question));
        client.getOutputStream().write(new DnsMessage().u16(answer.length).raw(answer).toBytes());
      } catch (IOException e) {
        return; // closed
      }
    }
  }

  /** Signs as RFC 8945 section 5.4.2 says, by other code than the one under test. */
  private byte[] answer(byte[] question) {
    int id = ByteBuffer.wrap(question).getShort(0) & 0xffff;
    byte[] requestMac = Arrays.copyOfRange(question, question.length - 6 - 32, question.length - 6);
    byte[] message =
        new DnsMessage().u16(id).u16(0xa800 | code).u16(0).u16(0).u16(0).u16(0).toBytes();
    long time = serverTime.getEpochSecond();
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(SECRET, "HmacSHA256"));
      mac.update(new byte[] {0, 32});
      mac.update(requestMac);
      mac.update(message);
      mac.update("\u000cdoorward-key\u0000".getBytes(StandardCharsets.ISO_8859_1));
      mac.update(HexFormat.of().parseHex("00ff00000000"));
      mac.update("\u000bhmac-sha256\u0000".getBytes(StandardCharsets.ISO_8859_1));
      mac.update(ByteBuffer.allocate(8).putLong(time).array(), 2, 6);
      mac.update(new byte[] {1, 44, 0, 0, 0, 0});
      byte[] data =
          new DnsMessage()
              .name("hmac-sha256")
              .u48(time)
              .u16(300)
              .u16(32)
              .raw(mac.doFinal())
              .u16(id)
              .u16(0)
              .u16(0)
              .toBytes();
      byte[] whole =
          new DnsMessage()
              .raw(message)
              .name("doorward-key")
              .u16(250)
              .u16(255)
              .u32(0)
              .u16(data.length)
              .raw(data)
              .toBytes();
      whole[11] = 1;
      return whole;
    } catch (java.security.GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private String refused() {
    return dns.add(NAME, "digest").map(Problem::text).orElse("");
  }

  @Test
  void addsARecordAndRemovesThatRecordOnly() throws Exception {
    assertThat(dns.add(NAME, "digest-1")).isEmpty();
    dns.remove(NAME, "digest-1");

    assertThat(pauses).containsExactly(Duration.ofSeconds(30));
    assertThat(asked).hasSize(2);
    String record = "0f5f61636d652d6368616c6c656e6765036d6370076578616d706c6503636f6d00" + "0010";
    assertThat(HexFormat.of().formatHex(asked.get(0)))
        .contains("2800000100000001000107" + "6578616d706c6503636f6d0000060001")
        .contains(record + "0001" + "0000003c" + "0009" + "08" + "6469676573742d31");
    assertThat(HexFormat.of().formatHex(asked.get(1)))
        .contains(record + "00fe" + "00000000" + "0009" + "08" + "6469676573742d31");
  }

  @Test
  void theQuestionIsSigned() throws Exception {
    dns.add(NAME, "digest-1");

    byte[] question = asked.getFirst();
    int tsig = question.length - (14 + 10 + 13 + 6 + 2 + 2 + 32 + 6);
    byte[] unsigned = Arrays.copyOf(question, tsig);
    unsigned[11] = 0;
    byte[] sent = Arrays.copyOfRange(question, question.length - 38, question.length - 6);
    assertThat(MessageDigest.isEqual(KEY.sign(unsigned, NOW).mac(), sent)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 5, 9, 10})
  void aRefusalOfTheServerIsToldWithItsCode(int refusal) {
    code = refusal;

    assertThat(refused()).contains("code " + refusal);
  }

  @Test
  void anAnswerThatIsNotSignedIsNotBelieved() {
    forged = answer -> Arrays.copyOf(answer, 12);
    assertThat(refused()).contains("not signed");
  }

  @Test
  void anAnswerThatWasChangedIsNotBelieved() {
    code = 5;
    forged =
        answer -> {
          answer[3] = (byte) (answer[3] & 0xf0);
          return answer;
        };

    assertThat(refused()).contains("not signed");
  }

  @Test
  void anAnswerOfAnotherTimeIsNotBelieved() {
    serverTime = NOW.minusSeconds(301);
    assertThat(refused()).contains("not signed");
  }

  @Test
  void anAnswerToAnotherQuestionIsNotBelieved() {
    forged =
        answer -> {
          answer[0] ^= 1;
          return answer;
        };

    assertThat(refused()).contains("another question");
  }

  @Test
  void anyCutOrChangedAnswerIsRefusedAndNothingBreaks() {
    var random = new Random(5);
    for (int i = 0; i < 200; i++) {
      forged =
          answer -> {
            if (random.nextBoolean()) {
              return Arrays.copyOf(answer, random.nextInt(answer.length));
            }
            answer[random.nextInt(answer.length)] ^= (byte) (1 << random.nextInt(8));
            return answer;
          };

      assertThat(refused()).isNotEmpty();
    }
  }

  @Test
  void aNameOutsideOfTheZoneIsNotSentAtAll() {
    assertThat(dns.add("_acme-challenge.other.example", "x").map(Problem::text))
        .isNotEqualTo(Optional.empty());
    assertThat(asked).isEmpty();
  }
}
