package dev.doorward.transport.link.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.doorward.common.identity.AgentId;
import dev.doorward.common.identity.Secret;
import dev.doorward.common.identity.ServiceName;
import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Problem;
import dev.doorward.common.outcome.Reason;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class EnrolCodecTest {
  private static final EnrolRequest REQUEST =
      new EnrolRequest(
          "i1", new Secret("0123456789abcdef0123456789abcdef"), new byte[] {0, 1, 2}, "0.1.0");
  private static final EnrolReply REPLY =
      new EnrolReply(
          new AgentId("nas"),
          List.of(new byte[] {0, 1, 2}, new byte[] {3, 4, 5}),
          Set.of(new ServiceName("notes")),
          "https://edge.example",
          "a.b.c");

  @Test
  void theWireFormIsTheOneThatOlderVersionsSpeak() throws Exception {
    assertThat(EnrolCodec.encode(REQUEST))
        .isEqualTo(ControlCodecTest.resource("enrol-request.json"));
    assertThat(
            EnrolCodec.encode(new RenewRequest(new AgentId("nas"), new byte[] {0, 1, 2}, "0.1.0")))
        .isEqualTo(ControlCodecTest.resource("renew-request.json"));
    assertThat(EnrolCodec.encode(REPLY)).isEqualTo(ControlCodecTest.resource("enrol-reply.json"));
    assertThat(
            EnrolCodec.encode(
                new Problem(
                    Reason.INVITE_USED,
                    "This invite was used already; make a new one for the same name.")))
        .isEqualTo(ControlCodecTest.resource("enrol-refusal.json"));
  }

  @Test
  void requestAndReplyDecodeToThemselves() throws Exception {
    assertThat(EnrolCodec.request(ControlCodecTest.resource("enrol-request.json")))
        .hasValueSatisfying(request -> {
          assertThat(request.invite()).isEqualTo("i1");
          assertThat(request.secret()).isEqualTo(REQUEST.secret());
          assertThat(request.csr()).containsExactly(0, 1, 2);
        });
    assertThat(EnrolCodec.renewal(ControlCodecTest.resource("renew-request.json")))
        .hasValueSatisfying(request -> {
          assertThat(request.agent()).isEqualTo(new AgentId("nas"));
          assertThat(request.csr()).containsExactly(0, 1, 2);
        });
    assertThat(EnrolCodec.renewal(ControlCodecTest.resource("enrol-request.json"))).isEmpty();
    assertThat(EnrolCodec.reply(200, ControlCodecTest.resource("enrol-reply.json")))
        .isInstanceOfSatisfying(
            Outcome.Ok.class,
            ok -> {
              EnrolReply reply = (EnrolReply) ok.value();
              assertThat(reply.agent()).isEqualTo(new AgentId("nas"));
              assertThat(reply.chain().get(1)).containsExactly(3, 4, 5);
              assertThat(reply.services()).isEqualTo(REPLY.services());
              assertThat(reply.keys()).isEqualTo("a.b.c");
            });
    assertThat(EnrolCodec.reply(403, ControlCodecTest.resource("enrol-refusal.json")))
        .isEqualTo(
            Outcome.failed(
                Reason.INVITE_USED,
                "This invite was used already; make a new one for the same name."));
  }

  @Test
  void aRefusalCannotWriteToTheTerminal() {
    String evil = "{\"reason\":\"invite_used\",\"text\":\"a\\u001b[2Jb\\nc\"}";

    assertThat(EnrolCodec.reply(403, evil.getBytes(StandardCharsets.UTF_8)))
        .isEqualTo(Outcome.failed(Reason.INVITE_USED, "a [2Jb c"));
  }

  @Test
  void randomChangesNeverThrow() throws Exception {
    Random random = new Random(5);
    byte[] request = ControlCodecTest.resource("enrol-request.json");
    byte[] reply = ControlCodecTest.resource("enrol-reply.json");
    for (int round = 0; round < 50_000; round++) {
      byte[] bytes = (random.nextBoolean() ? request : reply).clone();
      for (int i = random.nextInt(5); i >= 0; i--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(128);
      }
      assertThat(EnrolCodec.request(bytes)).isNotNull();
      assertThat(EnrolCodec.renewal(bytes)).isNotNull();
      assertThat(EnrolCodec.reply(random.nextBoolean() ? 200 : 403, bytes)).isNotNull();
    }
  }
}
