package dev.doorward.config.load;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileWatchTest {
  @TempDir Path folder;

  @Test
  void aFileThatIsWrittenReplacedTakenAwayOrComesIsSeenOnce() throws IOException {
    Path file = Files.writeString(folder.resolve("a.yaml"), "1");
    FileWatch watch = new FileWatch(file);
    assertThat(watch.changed()).isFalse();

    Files.setLastModifiedTime(file, FileTime.from(Instant.ofEpochSecond(1000)));
    assertThat(watch.changed()).isTrue();
    assertThat(watch.changed()).isFalse();

    Path beside = Files.writeString(folder.resolve("b.yaml"), "2");
    Files.setLastModifiedTime(beside, FileTime.from(Instant.ofEpochSecond(1000)));
    Files.move(beside, file, StandardCopyOption.REPLACE_EXISTING);
    assertThat(watch.changed()).isTrue();

    Files.delete(file);
    assertThat(watch.changed()).isTrue();
    assertThat(watch.changed()).isFalse();
    Files.writeString(file, "3");
    assertThat(watch.changed()).isTrue();
  }
}
