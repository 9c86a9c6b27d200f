package dev.doorward.config.data;

import static org.assertj.core.api.Assertions.assertThat;

import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Reason;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SortedHashesTest {
  private final RandomGenerator random = new Random(20);

  @TempDir Path folder;
  private Path file = Path.of("/");

  @BeforeEach
  void name() {
    file = folder.resolve("hashes.txt");
  }

  private List<String> hashes(int count) {
    List<String> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      byte[] hash = new byte[20];
      random.nextBytes(hash);
      all.add(HexFormat.of().withUpperCase().formatHex(hash));
    }
    return all.stream().sorted().toList();
  }

  private boolean has(String hash) {
    return SortedHashes.contain(file, HexFormat.of().parseHex(hash))
            instanceof Outcome.Ok<Boolean>(Boolean found)
        && found;
  }

  private static String other(String hash, int step) {
    char last = (char) (hash.charAt(39) + step);
    return hash.substring(0, 39) + (Character.digit(last, 16) < 0 ? '0' : last);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 7, 64, 1000})
  void everyLineIsFoundAndNothingBetween(int count) throws Exception {
    List<String> all = hashes(count);
    List<String> lines = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      lines.add(all.get(i) + ":" + (i % 7 == 0 ? 10_000_000 : i + 1));
    }
    for (String end : List.of("\n", "\r\n")) {
      Files.writeString(file, String.join(end, lines) + end);
      assertThat(SortedHashes.fault(file)).isEmpty();
      assertThat(all).allMatch(this::has);
      assertThat(all.stream().map(hash -> other(hash, 1)).filter(h -> !all.contains(h)))
          .noneMatch(this::has);
      assertThat(List.of("0".repeat(40), "F".repeat(40))).noneMatch(this::has);
    }
  }

  @Test
  void plainLinesInLowerCaseWithoutAnEndAreTakenToo() throws Exception {
    List<String> all = hashes(50);
    Files.writeString(file, String.join("\n", all).toLowerCase(Locale.ROOT));

    assertThat(SortedHashes.fault(file)).isEmpty();
    assertThat(all).allMatch(this::has);
  }

  @Test
  void fileFarLargerThanMemoryIsNotReadWhole() throws Exception {
    List<String> all = hashes(4);
    try (var sparse = new RandomAccessFile(file.toFile(), "rw")) {
      // Two gibibytes that take no room: whatever read them all would be seen at once.
      sparse.setLength(2L << 30);
      sparse.write((String.join("\n", all) + "\n").getBytes(StandardCharsets.US_ASCII));
    }

    assertThat(SortedHashes.contain(file, new byte[20]))
        .isInstanceOfSatisfying(
            Outcome.Failed.class,
            failed -> assertThat(failed.problem().reason()).isEqualTo(Reason.FILE_UNREADABLE));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "hello",
        "password\n123456\n",
        "0123456789abcdef0123456789abcdef\n",
        "g123456789abcdef0123456789abcdef01234567\n",
        "0123456789abcdef0123456789abcdef0123456789abcdef\n",
      })
  void whatIsNoSuchListIsSaidToBeNone(String content) throws Exception {
    Files.writeString(file, content);

    assertThat(SortedHashes.fault(file))
        .hasValueSatisfying(text -> assertThat(text).contains("cannot be searched"));
  }

  @Test
  void listThatIsNotSortedIsRefusedAndNeverSaysNo() throws Exception {
    List<String> all = new ArrayList<>(hashes(500));
    Collections.reverse(all);
    Files.writeString(file, String.join("\n", all));

    assertThat(SortedHashes.fault(file))
        .hasValueSatisfying(text -> assertThat(text).contains("not sorted"));
    assertThat(all)
        .filteredOn(hash -> hash.charAt(0) < '4')
        .isNotEmpty()
        .noneMatch(hash ->
            SortedHashes.contain(file, HexFormat.of().parseHex(hash)).equals(Outcome.ok(false)));
  }

  @Test
  void fileThatIsGoneIsSaid() {
    assertThat(SortedHashes.contain(folder.resolve("gone"), new byte[20]))
        .isInstanceOf(Outcome.Failed.class);
    assertThat(SortedHashes.fault(folder.resolve("gone"))).isPresent();
  }
}
