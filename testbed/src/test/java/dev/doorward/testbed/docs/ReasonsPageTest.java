package dev.doorward.testbed.docs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.doorward.common.outcome.Reason;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** docs/reference/reasons.md is what the code says; {@code -Ddoorward.docs=write} rewrites it. */
class ReasonsPageTest {
  private static final Path PAGE =
      Path.of(System.getProperty("doorward.root", ".."), "docs/reference/reasons.md");

  @Test
  void thePageListsEveryReasonWithItsMeaning() throws IOException {
    String page = page();
    if ("write".equals(System.getProperty("doorward.docs"))) {
      Files.writeString(PAGE, page);
    }

    assertThat(Files.readString(PAGE))
        .as("rewrite with: mvn -pl testbed -am test -Ddoorward.docs=write")
        .isEqualTo(page);
  }

  private static String page() {
    return """
    # Reason codes

    One word for one cause, the same in answers, logs, audit records and on the command line. Codes do not change
    between releases. This page is made from `dev.doorward.common.outcome.Reason`.

    | code | what has happened |
    |---|---|
    %s
    """
        .formatted(
            Arrays.stream(Reason.values())
                .sorted(Comparator.comparing(Reason::code))
                .map(r -> "| `" + r.code() + "` | " + r.meaning() + " |")
                .collect(Collectors.joining("\n")));
  }
}
