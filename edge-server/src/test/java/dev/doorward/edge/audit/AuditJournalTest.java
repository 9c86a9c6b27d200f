package dev.doorward.edge.audit;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuditJournalTest {
  @TempDir private Path dir;
  private Path file;

  @BeforeEach
  void name() {
    file = dir.resolve("journal");
  }

  private static byte[] line(String text) {
    return (text + "\n").getBytes(StandardCharsets.US_ASCII);
  }

  private static String text(AuditJournal.Batch batch) {
    return StandardCharsets.US_ASCII.decode(batch.lines()).toString();
  }

  /** Takes all and says that it is in a record of {@code length} bytes. */
  private static String drain(AuditJournal journal, long length) {
    AuditJournal.Batch batch = journal.take(AuditJournal.SIZE);
    journal.drained(batch.end(), length);
    return text(batch);
  }

  @Test
  void whatWasAppendedIsThereWithoutAClose() throws Exception {
    AuditJournal killed = AuditJournal.open(file);
    assertThat(killed.append(line("one"))).isTrue();
    assertThat(killed.append(line("two"))).isTrue();

    try (AuditJournal next = AuditJournal.open(file)) {
      assertThat(text(next.take(1000))).isEqualTo("one\ntwo\n");
    }
  }

  @Test
  void whatWasDrainedIsNotTakenAgain() throws Exception {
    try (AuditJournal journal = AuditJournal.open(file)) {
      journal.append(line("one"));
      assertThat(drain(journal, 4)).isEqualTo("one\n");
      journal.append(line("two"));
    }
    try (AuditJournal journal = AuditJournal.open(file)) {
      assertThat(journal.recordLength()).isEqualTo(4);
      assertThat(drain(journal, 8)).isEqualTo("two\n");
      assertThat(journal.waiting()).isZero();
    }
  }

  @Test
  void theRingTurnsWithLinesOfAnyLength() throws Exception {
    try (AuditJournal journal = AuditJournal.open(file)) {
      long all = 0;
      for (int i = 0; all < 3L * AuditJournal.SIZE; i++) {
        String text = i + "x".repeat(i * 37 % 4001);
        assertThat(journal.append(line(text))).isTrue();
        all += text.length();
        assertThat(drain(journal, all)).isEqualTo(text + "\n");
      }
    }
  }

  @Test
  void aFullRingRefusesAndLosesNothing() throws Exception {
    try (AuditJournal journal = AuditJournal.open(file)) {
      byte[] line = line("y".repeat(999));
      int taken = 0;
      while (journal.append(line)) {
        taken++;
      }
      assertThat(taken).isEqualTo(AuditJournal.SIZE / (8 + 1000));
      assertThat(drain(journal, 0)).hasSize(taken * 1000);
      assertThat(journal.append(line)).isTrue();
    }
  }

  @Test
  void aBatchEndsAtAWholeLine() throws Exception {
    try (AuditJournal journal = AuditJournal.open(file)) {
      journal.append(line("a".repeat(60)));
      journal.append(line("b".repeat(60)));

      AuditJournal.Batch first = journal.take(100);
      assertThat(text(first)).isEqualTo("a".repeat(60) + "\n");
      journal.drained(first.end(), 61);
      assertThat(drain(journal, 122)).isEqualTo("b".repeat(60) + "\n");
      journal.append(line("c".repeat(300)));
      assertThat(text(journal.take(100))).hasSize(301);
    }
  }

  @Test
  void aLineThatWasSpoiltIsNotTakenAndNothingAfterIt() throws Exception {
    try (AuditJournal journal = AuditJournal.open(file)) {
      journal.append(line("first"));
      journal.append(line("second"));
      journal.append(line("third"));
    }
    int second = 4096 + 16 + 8;
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(new byte[] {'S'}), second);
    }
    try (AuditJournal journal = AuditJournal.open(file)) {
      AuditJournal.Batch batch = journal.take(1000);
      assertThat(text(batch)).isEqualTo("first\n");
      assertThat(batch.spoilt()).isTrue();
      journal.drained(batch.end(), 6);
      journal.append(line("fourth"));
      assertThat(drain(journal, 13)).isEqualTo("fourth\n");
    }
  }

  @Test
  void aFileThatIsNoJournalOrContradictsItselfIsMadeAnew() throws Exception {
    byte[] noise = new byte[4096 + AuditJournal.SIZE];
    java.util.Arrays.fill(noise, (byte) 0x5a);
    for (int length : List.of(0, 17, noise.length)) {
      Files.write(file, java.util.Arrays.copyOf(noise, length));
      try (AuditJournal journal = AuditJournal.open(file)) {
        assertThat(journal.waiting()).isZero();
        assertThat(journal.append(line("x"))).isTrue();
        assertThat(drain(journal, 2)).isEqualTo("x\n");
      }
    }
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.allocate(8).putLong(0, 1), 8); // appended less than drained
    }
    try (AuditJournal journal = AuditJournal.open(file)) {
      assertThat(journal.waiting()).isZero();
      journal.append(line("y"));
      assertThat(drain(journal, 2)).isEqualTo("y\n");
    }
  }

  @Test
  void threadsThatAppendAtOnceLoseNoLine() throws Exception {
    int each = 5000;
    try (AuditJournal journal = AuditJournal.open(file)) {
      var go = new CountDownLatch(1);
      var threads = new ArrayList<Thread>();
      for (int t = 0; t < 3; t++) {
        String name = "t" + t + "-";
        threads.add(
            Thread.ofPlatform()
                .start(() -> {
                  try {
                    go.await(10, TimeUnit.SECONDS);
                  } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                  }
                  for (int i = 0; i < each; i++) {
                    journal.append(line(name + i));
                  }
                }));
      }
      go.countDown();
      var lines = new ArrayList<String>();
      while (lines.size() < 3 * each && threads.stream().anyMatch(Thread::isAlive)) {
        drain(journal, 0).lines().forEach(lines::add);
      }
      drain(journal, 0).lines().forEach(lines::add);
      assertThat(lines).hasSize(3 * each).doesNotHaveDuplicates();
      for (int t = 0; t < 3; t++) {
        String name = "t" + t + "-";
        assertThat(lines.stream().filter(l -> l.startsWith(name)))
            .isSortedAccordingTo(
                java.util.Comparator.comparingInt(l -> Integer.parseInt(l.substring(3))));
      }
    }
  }

  @Test
  void onlyTheOwnerMayReadIt() throws Exception {
    AuditJournal.open(file).close();
    assertThat(Files.getPosixFilePermissions(file))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
  }

  @Test
  void afterItsEndItTakesNothing() throws Exception {
    AuditJournal journal = AuditJournal.open(file);
    journal.end();
    assertThat(journal.append(line("x"))).isFalse();
    journal.close();
    assertThat(journal.append(line("x"))).isFalse();
  }
}
