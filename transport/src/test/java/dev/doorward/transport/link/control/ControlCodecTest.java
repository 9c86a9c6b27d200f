package dev.doorward.transport.link.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.doorward.common.identity.ServiceName;
import dev.doorward.transport.link.control.ControlCodec.Decoded;
import dev.doorward.transport.link.control.ControlMessage.AgentHello;
import dev.doorward.transport.link.control.ControlMessage.Drain;
import dev.doorward.transport.link.control.ControlMessage.Echo;
import dev.doorward.transport.link.control.ControlMessage.Echoed;
import dev.doorward.transport.link.control.ControlMessage.EdgeHello;
import dev.doorward.transport.link.control.ControlMessage.Granted;
import dev.doorward.transport.link.control.ControlMessage.Health;
import dev.doorward.transport.link.control.ControlMessage.Keys;
import dev.doorward.transport.link.control.ControlMessage.Refused;
import dev.doorward.transport.link.control.ControlMessage.Renew;
import dev.doorward.transport.link.control.ControlMessage.RenewalRefused;
import dev.doorward.transport.link.control.ControlMessage.Renewed;
import dev.doorward.transport.link.control.ControlMessage.Services;
import dev.doorward.transport.link.control.ControlMessage.Welcome;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ControlCodecTest {
  private static final ServiceName NOTES = new ServiceName("notes");
  private static final Set<ServiceName> BOTH = Set.of(NOTES, new ServiceName("files"));
  private static final Versions ONE = new Versions(1, 1);

  /** In the order of edge.ndjson. */
  private static final List<ControlMessage> EDGE =
      List.of(
          new EdgeHello(ONE, "0.1.0", "https://edge.example", "a.b.c"),
          new Welcome(1, "nas#3", BOTH),
          new Granted(Set.of()),
          new Keys("d.e.f"),
          new Echo(0),
          new Echoed(1L << 53),
          new Renewed(List.of("AAEC", "AwQF")),
          new RenewalRefused("csr_refused", "The request is not signed by its own key."),
          new Drain("shutting_down", 30),
          new Refused("agent_revoked", "This agent was revoked; \"nas\" needs a new invite.\\"));

  /** In the order of agent.ndjson. */
  private static final List<ControlMessage> AGENT =
      List.of(
          new AgentHello(ONE, "0.1.0", "AAAAAAAAAAAAAAAAAAAAAA", 1, BOTH),
          new Services(Set.of(NOTES)),
          new Health(NOTES, false),
          new Echo(7),
          new Echoed(8),
          new Renew("AAEC"),
          new Drain("shutting_down", 0),
          new Refused("key_statement_refused", "The statement is older than one seen before."));

  static byte[] resource(String name) throws IOException {
    try (InputStream in = ControlCodecTest.class.getResourceAsStream(name)) {
      if (in == null) {
        throw new AssertionError("no " + name);
      }
      return in.readAllBytes();
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Test
  void theWireFormIsTheOneThatOlderVersionsSpeak() throws Exception {
    assertThat(EDGE.stream().map(m -> text(ControlCodec.encode(m))).collect(Collectors.joining()))
        .isEqualTo(text(resource("edge.ndjson")));
    assertThat(AGENT.stream().map(m -> text(ControlCodec.encode(m))).collect(Collectors.joining()))
        .isEqualTo(text(resource("agent.ndjson")));
  }

  @Test
  void everyMessageDecodesToItself() throws Exception {
    List<String> edge = text(resource("edge.ndjson")).lines().toList();
    List<String> agent = text(resource("agent.ndjson")).lines().toList();

    for (int i = 0; i < edge.size(); i++) {
      assertThat(ControlCodec.fromEdge(bytes(edge.get(i))))
          .isEqualTo(new Decoded.Message<>(EDGE.get(i)));
    }
    for (int i = 0; i < agent.size(); i++) {
      assertThat(ControlCodec.fromAgent(bytes(agent.get(i))))
          .isEqualTo(new Decoded.Message<>(AGENT.get(i)));
    }
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  @Test
  void unknownMembersAreSkippedAndUnknownTypesAreToldApart() {
    assertThat(
            ControlCodec.fromEdge(
                bytes("{\"new\":{\"a\":[1,{}]},\"type\":\"echo\",\"more\":1e9,\"id\":5}")))
        .isEqualTo(new Decoded.Message<>(new Echo(5)));
    assertThat(ControlCodec.fromEdge(bytes("{\"type\":\"later\",\"id\":{}}")))
        .isInstanceOf(Decoded.Unknown.class);
  }

  @Test
  void aMessageOfTheOtherSideIsAViolation() {
    for (ControlMessage message : EDGE) {
      byte[] line = bytes(text(ControlCodec.encode(message)).strip());
      assertThat(ControlCodec.fromAgent(line))
          .as(text(line))
          .isInstanceOf(
              message instanceof ControlMessage.FromBoth
                  ? Decoded.Message.class
                  : Decoded.Violation.class);
    }
    for (ControlMessage message : AGENT) {
      byte[] line = bytes(text(ControlCodec.encode(message)).strip());
      assertThat(ControlCodec.fromEdge(line))
          .as(text(line))
          .isInstanceOf(
              message instanceof ControlMessage.FromBoth
                  ? Decoded.Message.class
                  : Decoded.Violation.class);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        " ",
        "null",
        "[]",
        "\"echo\"",
        "{",
        "{\"type\":\"echo\",\"id\":1",
        "{\"type\":\"echo\",\"id\":1}{}",
        "{\"type\":\"echo\",\"id\":1} x",
        "{\"type\":\"echo\",\"id\":1,\"id\":1}",
        "{\"type\":\"echo\",\"id\":1,\"x\":{\"a\":1,\"a\":2}}",
        "{\"type\":\"echo\",\"type\":\"echo\",\"id\":1}",
        "{\"type\":\"echo\"}",
        "{\"type\":\"echo\",\"id\":null}",
        "{\"type\":\"echo\",\"id\":\"1\"}",
        "{\"type\":\"echo\",\"id\":1.0}",
        "{\"type\":\"echo\",\"id\":-1}",
        "{\"type\":\"echo\",\"id\":9007199254740993}",
        "{\"type\":\"echo\",\"id\":99999999999999999999}",
        "{\"type\":\"echo\",\"id\":[1]}",
        "{\"type\":1,\"id\":1}",
        "{\"id\":1}",
        "{'type':'echo','id':1}",
        "{\"type\":\"echo\",\"id\":1,}",
        "{\"type\":\"echo\",\"id\":01}",
        "{\"type\":\"echo\",\"id\":NaN}",
        "{\"type\":\"echo\",/**/\"id\":1}",
        "{\"type\":\"drain\",\"reason\":\"x\",\"grace\":601}",
        "{\"type\":\"drain\",\"reason\":\"\",\"grace\":1}",
        "{\"type\":\"services\",\"services\":\"notes\"}",
        "{\"type\":\"services\",\"services\":[\"Notes\"]}",
        "{\"type\":\"services\",\"services\":[\"token\"]}",
        "{\"type\":\"services\",\"services\":[1]}",
        "{\"type\":\"services\",\"services\":[[\"notes\"]]}",
        "{\"type\":\"health\",\"service\":\"notes\",\"up\":\"true\"}",
        "{\"type\":\"health\",\"service\":\"../notes\",\"up\":true}",
        "{\"type\":\"hello\",\"min\":2,\"max\":1,\"software\":\"s\","
            + "\"instance\":\"AAAAAAAAAAAAAAAAAAAAAA\",\"index\":0,\"services\":[]}",
        "{\"type\":\"hello\",\"min\":0,\"max\":1,\"software\":\"s\","
            + "\"instance\":\"AAAAAAAAAAAAAAAAAAAAAA\",\"index\":0,\"services\":[]}",
        "{\"type\":\"hello\",\"min\":1,\"max\":1,\"software\":\"s\",\"instance\":\"short\","
            + "\"index\":0,\"services\":[]}",
        "{\"type\":\"hello\",\"min\":1,\"max\":1,\"software\":\"s\","
            + "\"instance\":\"AAAAAAAAAAAAAAAAAAAAAA\",\"index\":8,\"services\":[]}",
        "{\"type\":\"renew\",\"csr\":\"\"}",
        "{\"x\":[[[[[[[[[[[[1]]]]]]]]]]]],\"type\":\"echo\",\"id\":1}",
      })
  void whatIsNotExactlyAMessageIsAViolation(String line) {
    assertThat(ControlCodec.fromAgent(bytes(line))).isInstanceOf(Decoded.Violation.class);
  }

  @Test
  void boundsHoldAtTheirEdge() {
    String many =
        IntStream.range(0, 257).mapToObj(i -> "\"s" + i + "\"").collect(Collectors.joining(","));
    String most =
        IntStream.range(0, 256).mapToObj(i -> "\"s" + i + "\"").collect(Collectors.joining(","));

    assertThat(ControlCodec.fromAgent(bytes("{\"type\":\"services\",\"services\":[" + most + "]}")))
        .isInstanceOf(Decoded.Message.class);
    assertThat(ControlCodec.fromAgent(bytes("{\"type\":\"services\",\"services\":[" + many + "]}")))
        .isInstanceOf(Decoded.Violation.class);
    assertThat(ControlCodec.fromAgent(bytes(renew(8192)))).isInstanceOf(Decoded.Message.class);
    assertThat(ControlCodec.fromAgent(bytes(renew(8193)))).isInstanceOf(Decoded.Violation.class);
    String padded = "{\"type\":\"echo\",\"id\":1,\"pad\":\"" + "x".repeat(70_000) + "\"}";
    assertThat(ControlCodec.fromAgent(bytes(padded))).isInstanceOf(Decoded.Violation.class);
    assertThat(ControlCodec.fromAgent(new byte[] {'{', '"', (byte) 0xff, '"', '}'}))
        .isInstanceOf(Decoded.Violation.class);
  }

  private static String renew(int length) {
    return "{\"type\":\"renew\",\"csr\":\"" + "A".repeat(length) + "\"}";
  }

  @Test
  void randomChangesNeverThrowAndWhatIsReadCanBeWrittenAgain() throws Exception {
    Random random = new Random(4);
    List<byte[]> seeds =
        java.util.stream.Stream.concat(
                text(resource("edge.ndjson")).lines(), text(resource("agent.ndjson")).lines())
            .map(ControlCodecTest::bytes)
            .toList();
    for (int round = 0; round < 100_000; round++) {
      byte[] line = changed(seeds.get(random.nextInt(seeds.size())), random);
      if (ControlCodec.fromEdge(line) instanceof Decoded.Message<?>(ControlMessage message)) {
        byte[] again = ControlCodec.encode(message);
        assertThat(ControlCodec.fromEdge(Arrays.copyOf(again, again.length - 1)))
            .isEqualTo(new Decoded.Message<>(message));
      }
      if (ControlCodec.fromAgent(line) instanceof Decoded.Message<?>(ControlMessage message)) {
        byte[] again = ControlCodec.encode(message);
        assertThat(ControlCodec.fromAgent(Arrays.copyOf(again, again.length - 1)))
            .isEqualTo(new Decoded.Message<>(message));
      }
    }
  }

  private static byte[] changed(byte[] seed, Random random) {
    byte[] line = seed.clone();
    byte[] telling = bytes("{}[]\",:\\0123456789eE.-tfn \u00e9");
    for (int i = random.nextInt(4); i >= 0; i--) {
      line[random.nextInt(line.length)] = telling[random.nextInt(telling.length)];
    }
    return random.nextInt(5) == 0 ? Arrays.copyOf(line, random.nextInt(line.length + 1)) : line;
  }

  @Test
  void versionsMeetInTheHighestThatBothKnow() {
    assertThat(new Versions(1, 3).common(new Versions(2, 5))).hasValue(3);
    assertThat(new Versions(2, 5).common(new Versions(1, 3))).hasValue(3);
    assertThat(new Versions(1, 1).common(new Versions(2, 2))).isEmpty();
  }
}
