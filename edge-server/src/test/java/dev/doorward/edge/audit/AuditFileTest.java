package dev.doorward.edge.audit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.doorward.common.audit.AuditEvent;
import dev.doorward.common.outcome.Reason;
import dev.doorward.edge.fixture.FakeAudit;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

class AuditFileTest {
  private static final Instant NOW = Instant.parse("2026-11-20T12:00:00.000000Z");

  @TempDir private Path dir;

  private static AuditEvent started(String name) {
    return new AuditEvent.CallStarted(
        NOW, "c-1", "notes", "nas", "s1", "ann", "client", "192.0.2.1", "POST", "tools/call", name);
  }

  private static boolean isRefused(CompletionStage<Void> stage) throws Exception {
    try {
      await(stage);
      return false;
    } catch (ExecutionException e) {
      return true;
    }
  }

  private static void await(CompletionStage<Void> stage) throws Exception {
    stage.toCompletableFuture().get(10, TimeUnit.SECONDS);
  }

  private Path copyOfTheKilled(Path audits) throws Exception {
    Path copy = Files.createDirectory(dir.resolve("copy"));
    for (String name : List.of("journal", "audit.jsonl")) {
      Files.copy(audits.resolve(name), copy.resolve(name));
    }
    return copy;
  }

  @Test
  void anEventComesIntoTheFileByItself() throws Exception {
    try (AuditFile audit = AuditFile.open(dir.resolve("audit"))) {
      await(audit.append(started("echo")));

      Path file = dir.resolve("audit/audit.jsonl");
      Awaitility.await().until(() -> Files.size(file) > 0);
      List<String> lines = Files.readAllLines(file);
      assertThat(lines).hasSize(1);
      JsonNode line = new JsonMapper().readTree(lines.getFirst());
      assertThat(line.get("event").asString()).isEqualTo("call_started");
      assertThat(line.get("name").asString()).isEqualTo("echo");
      assertThat(line.get("at").asString()).isEqualTo("2026-11-20T12:00:00.000000Z");
    }
  }

  @Test
  void whatAKilledEdgeHadTakenIsRecordedOnceByTheNext() throws Exception {
    try (AuditFile audit = AuditFile.open(dir.resolve("audit"))) {
      for (int i = 0; i < 100; i++) {
        await(audit.append(started("x" + i)));
      }
      // as the files are when a process ends without a word, wherever its drainer is
      Path copy = copyOfTheKilled(dir.resolve("audit"));
      AuditFile.open(copy).close();

      List<String> names =
          Files.readAllLines(copy.resolve("audit.jsonl")).stream()
              .map(line -> new JsonMapper().readTree(line).get("name").asString())
              .toList();
      assertThat(names).hasSize(100).doesNotHaveDuplicates();
      assertThat(names.getFirst()).isEqualTo("x0");
      assertThat(names.getLast()).isEqualTo("x99");
    }
  }

  @Test
  void linesThatWereWrittenButNotMarkedAreNotWrittenTwice() throws Exception {
    try (AuditJournal journal = AuditJournal.open(dir.resolve("journal"))) {
      journal.append("{\"a\":1}\n".getBytes(StandardCharsets.US_ASCII));
      journal.append("{\"b\":2}\n".getBytes(StandardCharsets.US_ASCII));
    }
    // killed in the middle of the write
    Files.writeString(dir.resolve("audit.jsonl"), "{\"a\":1}\n{\"b");
    AuditFile.open(dir).close();

    assertThat(dir.resolve("audit.jsonl")).hasContent("{\"a\":1}\n{\"b\":2}");
  }

  @Test
  void whatOthersAppendedIsKept() throws Exception {
    try (AuditJournal journal = AuditJournal.open(dir.resolve("journal"))) {
      journal.append("{\"a\":1}\n".getBytes(StandardCharsets.US_ASCII));
    }
    Files.writeString(dir.resolve("audit.jsonl"), "{\"z\":9}\n");
    AuditFile.open(dir).close();

    assertThat(dir.resolve("audit.jsonl")).hasContent("{\"z\":9}\n{\"a\":1}");
  }

  @Test
  void aFileThatIsMovedAwayIsFollowedByANewOne() throws Exception {
    try (AuditFile audit = AuditFile.open(dir)) {
      await(audit.append(started("before")));
      Awaitility.await().until(() -> Files.size(dir.resolve("audit.jsonl")) > 0);
      Files.move(dir.resolve("audit.jsonl"), dir.resolve("old"));
      Files.delete(dir.resolve("journal"));
      Awaitility.await().until(() -> Files.exists(dir.resolve("journal")));
      await(audit.append(started("after")));
    }
    assertThat(Files.readString(dir.resolve("old"))).contains("before").doesNotContain("after");
    assertThat(Files.readString(dir.resolve("audit.jsonl"))).contains("after");
  }

  @Test
  void aNameCannotMakeASecondLine() throws Exception {
    try (AuditFile audit = AuditFile.open(dir)) {
      await(audit.append(started("a\n{\"event\":\"forged\"}\u2028\u202e\u001b[0m\"")));
      await(audit.append(new AuditEvent.CallFinished(NOW, "c-1", 200, "", 1, 2, 3)));
    }
    List<String> lines = Files.readAllLines(dir.resolve("audit.jsonl"));
    assertThat(lines).hasSize(2);
    for (String line : lines) {
      assertThat(new JsonMapper().readTree(line).get("call").asString()).isEqualTo("c-1");
      assertThat(line.chars().allMatch(c -> c >= 0x20 && c < 0x7f)).isTrue();
    }
  }

  @Test
  void theFileAndItsDirectoryAreForTheOwnerOnly() throws Exception {
    try (AuditFile audit = AuditFile.open(dir.resolve("audit"))) {
      await(audit.append(started("x")));
      assertThat(Files.getPosixFilePermissions(dir.resolve("audit")))
          .isEqualTo(PosixFilePermissions.fromString("rwx------"));
      assertThat(Files.getPosixFilePermissions(dir.resolve("audit/audit.jsonl")))
          .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    }
  }

  @Test
  void whatWaitsIsWrittenBeforeItCloses() throws Exception {
    List<CompletionStage<Void>> stages = new ArrayList<>();
    try (AuditFile audit = AuditFile.open(dir)) {
      for (int i = 0; i < 5000; i++) {
        stages.add(audit.append(started("x" + i)));
      }
    }
    for (CompletionStage<Void> stage : stages) {
      await(stage);
    }
    assertThat(Files.readAllLines(dir.resolve("audit.jsonl"))).hasSize(5000);
  }

  @Test
  void whereTheFileCannotBeWrittenEventsFailAndLaterOnesTryAgain() throws Exception {
    Path audits = dir.resolve("audit");
    try (AuditFile audit = AuditFile.open(audits)) {
      await(audit.append(started("before")));
      Files.delete(audits.resolve("audit.jsonl"));
      Files.delete(audits.resolve("journal"));
      Files.delete(audits);

      Awaitility.await()
          .atMost(Duration.ofSeconds(10))
          .until(() -> isRefused(audit.append(started("lost"))));

      Files.createDirectory(audits);
      Awaitility.await()
          .atMost(Duration.ofSeconds(10))
          .until(() -> !isRefused(audit.append(started("after"))));
      Path file = audits.resolve("audit.jsonl");
      Awaitility.await()
          .atMost(Duration.ofSeconds(10))
          .until(() -> Files.readString(file).contains("after"));
    }
  }

  @Test
  void afterClosingNothingIsTaken() throws Exception {
    AuditFile audit = AuditFile.open(dir);
    audit.close();

    assertThat(audit.append(started("x")).toCompletableFuture()).isCompletedExceptionally();
  }

  @Test
  void refusalsAreRecordedUpToABoundAndThenCounted() {
    var sink = new FakeAudit();
    var recorder = new DenialRecorder(sink);
    var denied = new AuditEvent.CallDenied(NOW, "c", "notes", "s", "192.0.2.1", "x");

    for (int i = 0; i < DenialRecorder.PER_MINUTE + 5; i++) {
      recorder.denied(denied, Reason.SERVICE_NOT_ALLOWED);
    }
    for (int i = 0; i < 100_000; i++) {
      recorder.counted(NOW, Reason.TOKEN_MISSING);
    }
    assertThat(sink.events).hasSize(DenialRecorder.PER_MINUTE);
    recorder.counted(NOW.plusSeconds(60), Reason.TOKEN_MISSING);

    AuditEvent.Noted counts = sink.of(AuditEvent.Noted.class).getFirst();
    assertThat(counts.fields())
        .isEqualTo(Map.of("token_missing", "100000", "service_not_allowed", "5"));
    recorder.denied(denied, Reason.SERVICE_NOT_ALLOWED);
    assertThat(sink.of(AuditEvent.CallDenied.class)).hasSize(DenialRecorder.PER_MINUTE + 1);
  }
}
