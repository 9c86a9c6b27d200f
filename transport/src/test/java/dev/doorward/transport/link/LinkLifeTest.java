package dev.doorward.transport.link;

import static org.assertj.core.api.Assertions.assertThat;

import dev.doorward.common.identity.ServiceName;
import dev.doorward.common.outcome.Problem;
import dev.doorward.common.outcome.Reason;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultHttpHeaders;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LinkLifeTest {
  private static final Duration TICK = Duration.ofMillis(50);
  private @Nullable LinkPair opened;

  private LinkPair pair(LinkSettings settings) throws Exception {
    opened = new LinkPair(settings, 1);
    return opened;
  }

  private LinkPair pair() throws Exception {
    return pair(LinkSettings.defaults());
  }

  @AfterEach
  void stop() {
    if (opened != null) {
      opened.close();
    }
  }

  private static Heard get(EdgeLink link, String call) {
    Heard heard = new Heard(false);
    open(link, call, heard);
    return heard;
  }

  private static LinkCall open(EdgeLink link, String call, Heard heard) {
    return link.open(
        new LinkHead(call, LinkPair.NOTES, "GET", "/mcp", "a.b.c", new DefaultHttpHeaders()),
        link.eventLoop(),
        heard);
  }

  private static <T> T taken(java.util.concurrent.BlockingQueue<T> queue) throws Exception {
    T value = queue.poll(10, TimeUnit.SECONDS);
    if (value == null) {
      throw new AssertionError("nothing came");
    }
    return value;
  }

  @Test
  void aCancelReachesTheAgentAndNoCallbackFollows() throws Exception {
    LinkPair pair = pair();
    Parked agent = new Parked();
    EdgeLink link = pair.link(agent);
    Heard heard = new Heard();
    LinkCall call = open(link, "c1", heard);
    agent.next();

    call.cancel();

    assertThat(taken(agent.cancelled)).isEqualTo("c1");
    link.eventLoop().submit(() -> {}).get();
    assertThat(heard.end).isNotDone();
    assertThat(link.openCalls()).isZero();
    assertThat(link.accepting()).isTrue();
  }

  @Test
  void theLossOfALinkFailsItsCallsAndNoOthers() throws Exception {
    LinkPair pair = pair();
    Parked agent = new Parked();
    try (Wire wire = new Wire(pair.port())) {
      EdgeLink doomed = pair.link(agent, 0, wire.port());
      EdgeLink other = pair.link(agent, 1, pair.port());
      Heard lost = get(doomed, "lost");
      agent.next();
      Heard kept = get(other, "kept");
      Parked.Call waiting = agent.next();

      wire.cut();

      Heard.End end = lost.await();
      assertThat(end.problem()).isNotNull();
      assertThat(end.problem().reason()).isEqualTo(Reason.LINK_FAILED);
      assertThat(end.sent()).isTrue();
      assertThat(taken(agent.cancelled)).isEqualTo("lost");
      assertThat(taken(pair.downs)).isEqualTo(Reason.LINK_FAILED);
      waiting.answer("fine");
      assertThat(kept.await().problem()).isNull();
      assertThat(doomed.accepting()).isFalse();
    }
  }

  @Test
  void aCallOnALinkThatHasEndedWasNotSent() throws Exception {
    LinkPair pair = pair();
    EdgeLink link = pair.link(new Parked());
    link.close(Reason.AGENT_REVOKED);
    taken(pair.downs);

    Heard.End end = get(link, "late").await();

    assertThat(end.sent()).isFalse();
    assertThat(link.openCalls()).isZero();
  }

  @Test
  void silenceIsFoundOnBothSidesAlthoughNoConnectionBreaks() throws Exception {
    LinkSettings fast =
        LinkSettings.defaults().withEcho(Duration.ofMillis(200), Duration.ofMillis(400), TICK);
    LinkPair pair = pair(fast);
    Parked agent = new Parked();
    try (Wire wire = new Wire(pair.port())) {
      EdgeLink link = pair.link(agent, 0, wire.port());
      Heard waiting = get(link, "c1");
      agent.next();

      wire.fallSilent();

      assertThat(taken(pair.downs)).isEqualTo(Reason.LINK_FAILED);
      assertThat(taken(pair.agentDowns).reason()).isEqualTo(Reason.LINK_FAILED);
      assertThat(waiting.await().problem()).isNotNull();
      assertThat(taken(agent.cancelled)).isEqualTo("c1");
    }
  }

  @Test
  void callsFailWithTheVerdictAndNotWhenTheConnectionCouldBeClosed() throws Exception {
    LinkSettings fast =
        LinkSettings.defaults().withEcho(Duration.ofMillis(200), Duration.ofMillis(400), TICK);
    LinkPair pair = pair(fast);
    Parked agent = new Parked();
    try (Wire wire = new Wire(pair.port())) {
      EdgeLink link = pair.link(agent, 0, wire.port());
      List<Heard> waiting = new ArrayList<>();
      List<LinkCall> uploads = new ArrayList<>();
      List<Parked.Call> answering = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        Heard heard = new Heard(false);
        waiting.add(heard);
        uploads.add(
            link.open(
                new LinkHead(
                    "c" + i, LinkPair.NOTES, "POST", "/mcp", "t", new DefaultHttpHeaders()),
                link.eventLoop(),
                heard));
        uploads.getLast().write(Unpooled.wrappedBuffer(new byte[1]), false);
        answering.add(agent.next());
      }

      wire.fallSilent();
      long before = System.nanoTime();
      // Fills every buffer on both ways, so that TLS cannot say goodbye.
      uploads.forEach(call -> call.write(Unpooled.wrappedBuffer(new byte[250_000]), false));
      answering.forEach(call -> call.flood(16_384, 15));

      for (Heard heard : waiting) {
        assertThat(heard.await().problem()).isNotNull();
      }
      assertThat(taken(pair.downs)).isEqualTo(Reason.LINK_FAILED);
      assertThat(taken(pair.agentDowns).reason()).isEqualTo(Reason.LINK_FAILED);
      assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofMillis(2500));
    }
  }

  @Test
  void aReaderThatStopsHoldsTheAgentBackAndNobodyElse() throws Exception {
    LinkPair pair = pair();
    Parked agent = new Parked();
    EdgeLink link = pair.link(agent);
    Heard slow = new Heard(false);
    LinkCall call = open(link, "slow", slow);
    call.read(false);
    agent.next().flood(16_384, 640);
    Heard quick = get(link, "quick");
    agent.next().flood(16_384, 640);

    assertThat(quick.await().problem()).isNull();
    assertThat(quick.bytes).hasValue(640 * 16_384);
    assertThat(slow.bytes.get()).isLessThan(2 * LinkSettings.STREAM_WINDOW);
    assertThat(slow.end).isNotDone();

    call.read(true);
    assertThat(slow.await().problem()).isNull();
    assertThat(slow.bytes).hasValue(640 * 16_384);
  }

  @Test
  void readersThatHoldMostOfTheLinksWindowDoNotStopTheOthers() throws Exception {
    LinkPair pair = pair();
    Parked agent = new Parked();
    EdgeLink link = pair.link(agent);
    List<Parked.Call> held = new ArrayList<>();
    int streams = LinkSettings.LINK_WINDOW * 3 / 4 / LinkSettings.STREAM_WINDOW;
    for (int i = 0; i < streams; i++) {
      open(link, "held", new Heard(false)).read(false);
      Parked.Call call = agent.next();
      call.flood(16_384, 40);
      held.add(call);
    }
    Awaitility.await().until(() -> held.stream().allMatch(call -> call.chunksLeft() < 24));
    Heard quick = get(link, "quick");

    agent.next().flood(16_384, 1280);

    assertThat(quick.await().problem()).isNull();
    assertThat(quick.bytes).hasValue(1280 * 16_384);
  }

  @Test
  void aReaderThatStaysAwayIsResetAndTheOthersGoOn() throws Exception {
    LinkSettings impatient =
        LinkSettings.defaults()
            .withEcho(Duration.ofSeconds(1), Duration.ofSeconds(5), TICK)
            .withStall(Duration.ofMillis(300), Duration.ofSeconds(30));
    LinkPair pair = pair(impatient);
    Parked agent = new Parked();
    EdgeLink link = pair.link(agent);
    Heard stalled = new Heard(false);
    open(link, "stalled", stalled).read(false);
    agent.next().flood(16_384, 640);
    Heard quiet = new Heard(false);
    open(link, "quiet", quiet).read(false);
    Parked.Call other = agent.next();

    Heard.End end = stalled.await();

    assertThat(end.problem()).isNotNull();
    assertThat(end.problem().reason()).isEqualTo(Reason.OVERLOADED);
    assertThat(taken(agent.cancelled)).isEqualTo("stalled");
    assertThat(quiet.end).isNotDone();
    other.answer("x");
    assertThat(link.accepting()).isTrue();
  }

  @Test
  void aWriterWithoutAWindowIsResetInTheEnd() throws Exception {
    LinkSettings impatient =
        LinkSettings.defaults()
            .withEcho(Duration.ofSeconds(1), Duration.ofSeconds(5), TICK)
            .withStall(Duration.ofSeconds(30), Duration.ofMillis(300));
    LinkPair pair = pair(impatient);
    Parked agent = new Parked();
    EdgeLink link = pair.link(agent);
    Heard stalled = new Heard(false);
    open(link, "stalled", stalled).read(false);
    agent.next().flood(16_384, 640);

    assertThat(taken(agent.cancelled)).isEqualTo("stalled");
    Heard.End end = stalled.end.getNow(null);
    assertThat(end == null || end.problem() != null).isTrue();
  }

  @Test
  void anAgentThatDoesNotReadHoldsTheEdgeBack() throws Exception {
    LinkPair pair = pair();
    Parked agent = new Parked(false);
    EdgeLink link = pair.link(agent);
    Heard heard = new Heard(false);
    LinkCall call =
        link.open(
            new LinkHead("c1", LinkPair.NOTES, "POST", "/mcp", "t", new DefaultHttpHeaders()),
            pair.agentLoops.group().next(),
            heard);
    int written = 0;
    while (call.isWritable() && written < 100) {
      call.write(Unpooled.wrappedBuffer(new byte[65_536]), false);
      written++;
      link.eventLoop().submit(() -> {}).get();
    }
    Parked.Call waiting = agent.next();

    assertThat(written).isLessThan(20);
    assertThat(waiting.bytes.get()).isLessThanOrEqualTo(LinkSettings.STREAM_WINDOW);

    int all = written * 65_536;
    waiting.reply.eventLoop().execute(() -> drainAll(waiting, all));
    Awaitility.await().until(() -> heard.writable.get() > 0);
    assertThat(call.isWritable()).isTrue();
    call.cancel();
  }

  private static void drainAll(Parked.Call call, int all) {
    call.reply.read(true);
    if (call.bytes.get() < all) {
      call.reply.eventLoop().execute(() -> drainAll(call, all));
    }
  }

  @Test
  void moreCallsThanTheBoundAreNotSent() throws Exception {
    LinkPair pair = pair(LinkSettings.defaults().withCalls(5));
    Parked agent = new Parked();
    EdgeLink link = pair.link(agent);
    List<Heard> five = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      five.add(get(link, "c" + i));
    }

    Heard.End sixth = get(link, "c6").await();

    assertThat(sixth.problem()).isNotNull();
    assertThat(sixth.problem().reason()).isEqualTo(Reason.LINK_STREAMS_EXHAUSTED);
    assertThat(sixth.sent()).isFalse();
    agent.next().answer("x");
    Awaitility.await().until(() -> five.stream().anyMatch(heard -> heard.end.isDone()));
    get(link, "c7");
    Awaitility.await().until(() -> agent.calls.size() == 5);
  }

  @Test
  void anAgentThatIsNotOnTheTableIsToldSo() throws Exception {
    LinkPair pair = pair();
    pair.refusal = new Problem(Reason.AGENT_REVOKED, "This agent was revoked.");

    pair.dial(new Parked(), 0, pair.port());

    assertThat(taken(pair.agentDowns))
        .isEqualTo(new Problem(Reason.AGENT_REVOKED, "This agent was revoked."));
    assertThat(pair.ups).isEmpty();
    Awaitility.await().until(() -> pair.acceptor.open() == 0);
  }

  @Test
  void revocationEndsALiveLinkWithinASecond() throws Exception {
    LinkPair pair = pair();
    Parked agent = new Parked();
    EdgeLink link = pair.link(agent);
    Heard running = get(link, "c1");
    agent.next();
    long before = System.nanoTime();
    pair.refusal = new Problem(Reason.AGENT_REVOKED, "This agent was revoked.");

    pair.acceptor.recheck();

    Heard.End end = running.await();
    assertThat(end.problem()).isNotNull();
    assertThat(end.problem().reason()).isEqualTo(Reason.AGENT_REVOKED);
    assertThat(taken(pair.downs)).isEqualTo(Reason.AGENT_REVOKED);
    assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(1));
    assertThat(taken(pair.agentDowns).reason()).isEqualTo(Reason.AGENT_REVOKED);
  }

  @Test
  void anAgentThatWillNotHaveTheEdgeRefusesTheLink() throws Exception {
    LinkPair pair = pair();
    pair.agentRefusal = Optional.of(new Problem(Reason.KEY_STATEMENT_REFUSED, "No."));

    pair.dial(new Parked(), 0, pair.port());

    assertThat(taken(pair.agentDowns).reason()).isEqualTo(Reason.KEY_STATEMENT_REFUSED);
    Awaitility.await().until(() -> pair.acceptor.open() == 0);
    assertThat(pair.ups).isEmpty();
  }

  @Test
  void anEdgeThatDrainsLetsRunningCallsEnd() throws Exception {
    LinkPair pair = pair();
    Parked agent = new Parked();
    EdgeLink link = pair.link(agent);
    Heard running = get(link, "running");
    Parked.Call call = agent.next();

    link.drain();

    AgentLinkSession session = taken(pair.agentDrains);
    assertThat(link.accepting()).isFalse();
    assertThat(get(link, "late").await().sent()).isFalse();
    session.drain(Duration.ofSeconds(20), Reason.SHUTTING_DOWN);
    call.answer("done");
    assertThat(running.await().problem()).isNull();
    assertThat(taken(pair.agentDowns).reason()).isEqualTo(Reason.SHUTTING_DOWN);
    taken(pair.downs);
  }

  @Test
  void anAgentThatDrainsServesWhatWasOpenedBeforeTheEdgeKnew() throws Exception {
    LinkPair pair = pair();
    Parked agent = new Parked();
    EdgeLink link = pair.link(agent);
    AgentLinkSession session = taken(pair.agentUps);
    Heard running = get(link, "running");
    agent.next().answer("1");

    session.drain(Duration.ofSeconds(20), Reason.SHUTTING_DOWN);
    Heard raced = get(link, "raced");

    assertThat(running.await().problem()).isNull();
    Parked.Call late = agent.calls.poll(2, TimeUnit.SECONDS);
    if (late == null) {
      assertThat(raced.await().sent()).isFalse();
    } else {
      late.answer("2");
      assertThat(raced.await().problem()).isNull();
    }
    assertThat(taken(pair.agentDowns).reason()).isEqualTo(Reason.SHUTTING_DOWN);
  }

  @Test
  void aDrainEndsWhenItsTimeIsOver() throws Exception {
    LinkPair pair = pair();
    Parked agent = new Parked();
    EdgeLink link = pair.link(agent);
    AgentLinkSession session = taken(pair.agentUps);
    Heard running = get(link, "running");
    agent.next();

    session.drain(Duration.ofMillis(200), Reason.SHUTTING_DOWN);

    assertThat(running.await().problem()).isNotNull();
    assertThat(taken(agent.cancelled)).isEqualTo("running");
  }

  @Test
  void theSameAgentInTheSamePlaceReplacesItsOlderLink() throws Exception {
    LinkPair pair = pair();
    EdgeLink older = pair.link(new Parked(), 0, pair.port());
    EdgeLink beside = pair.link(new Parked(), 1, pair.port());

    EdgeLink newer = pair.link(new Parked(), 0, pair.port());

    taken(pair.agentDrains);
    assertThat(older.accepting()).isFalse();
    assertThat(beside.accepting()).isTrue();
    assertThat(newer.accepting()).isTrue();
  }

  @Test
  void servicesHealthKeysAndRenewalGoOverTheControlStream() throws Exception {
    LinkPair pair = pair();
    EdgeLink link = pair.link(new Parked());
    AgentLinkSession session = taken(pair.agentUps);
    assertThat(taken(pair.agentNotes)).isEqualTo(Set.of(LinkPair.NOTES));
    assertThat(link.services()).containsExactly(LinkPair.NOTES);

    session.health(LinkPair.NOTES, false);
    assertThat(taken(pair.agentNotes)).isEqualTo("notes=false");
    pair.acceptor.announceKeys();
    assertThat(taken(pair.agentNotes)).isEqualTo("keys");
    session.renew(new byte[] {1, 2});
    assertThat(taken(pair.agentNotes)).isInstanceOf(List.class);
    session.renew(new byte[] {1});
    assertThat(taken(pair.agentNotes)).isEqualTo(new Problem(Reason.CSR_REFUSED, "No."));
    session.services(Set.of(new ServiceName("secret")));
    assertThat(taken(pair.agentNotes)).isEqualTo(Set.of());
    assertThat(taken(pair.changes).services()).isEmpty();
  }

  @Test
  void aBodyIsSentEvenWhereTheCallIsOpenedDeepInsideOtherCallbacks() throws Exception {
    LinkPair pair = pair();
    EdgeLink link = pair.link(new Echoing());
    for (int depth = 1; depth < 17; depth++) {
      int deep = depth;
      Heard heard = new Heard();
      link.eventLoop().execute(() -> nested(link, heard, deep));
      assertThat(heard.await().body()).asString(StandardCharsets.UTF_8).isEqualTo("deep");
    }
  }

  /** Netty puts the listeners of futures off where they are nested too deep. */
  private static void nested(EdgeLink link, Heard heard, int depth) {
    if (depth > 0) {
      link.eventLoop()
          .<Integer>newSucceededFuture(depth)
          .addListener(done -> nested(link, heard, depth - 1));
      return;
    }
    LinkCall call =
        link.open(
            new LinkHead("c1", LinkPair.NOTES, "POST", "/mcp", "t", new DefaultHttpHeaders()),
            link.eventLoop(),
            heard);
    call.write(Unpooled.copiedBuffer("de", StandardCharsets.UTF_8), false);
    call.write(Unpooled.copiedBuffer("ep", StandardCharsets.UTF_8), true);
  }

  @Test
  void bodiesArriveInTheOrderOfTheirWritesFromAnotherLoop() throws Exception {
    LinkPair pair = pair();
    EdgeLink link = pair.link(new Echoing());
    Heard heard = new Heard();
    LinkCall call =
        link.open(
            new LinkHead("c1", LinkPair.NOTES, "POST", "/mcp", "t", new DefaultHttpHeaders()),
            pair.agentLoops.group().next(),
            heard);
    StringBuilder all = new StringBuilder();
    for (int i = 0; i < 500; i++) {
      String part = i + ";";
      all.append(part);
      call.write(Unpooled.copiedBuffer(part, StandardCharsets.UTF_8), i == 499);
    }

    assertThat(heard.await().body()).asString(StandardCharsets.UTF_8).isEqualTo(all.toString());
  }
}
