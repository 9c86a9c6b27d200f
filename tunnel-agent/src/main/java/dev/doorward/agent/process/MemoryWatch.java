package dev.doorward.agent.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** How much memory processes hold together with all that they started, read from /proc. */
final class MemoryWatch {
  private static final int PAGE = 4096;

  /** A process as /proc shows it. */
  record Seen(long parent, long session, long pages) {}

  private MemoryWatch() {}

  /** All processes that can be seen; empty where there is no /proc. */
  static Map<Long, Seen> look(Path proc) {
    Map<Long, Seen> all = new HashMap<>();
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(proc, "[0-9]*")) {
      for (Path entry : entries) {
        try {
          byte[] stat = Files.readAllBytes(entry.resolve("stat"));
          all.put(
              Long.valueOf(entry.getFileName().toString()),
              parse(new String(stat, StandardCharsets.ISO_8859_1)));
        } catch (IOException | RuntimeException e) {
          // It has ended, or is not ours to look at.
        }
      }
    } catch (IOException e) {
      return Map.of();
    }
    return all;
  }

  /** Reads a line of {@code /proc/PID/stat}; a name in brackets may hold anything. */
  static Seen parse(String stat) {
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
    return new Seen(
        Long.parseLong(fields[1]), Long.parseLong(fields[3]), Long.parseLong(fields[21]));
  }

  /** Resident bytes of {@code root}, of its session and of its descendants. */
  static long resident(Map<Long, Seen> all, long root) {
    long pages = 0;
    for (Map.Entry<Long, Seen> each : all.entrySet()) {
      if (each.getValue().session() == root || descends(all, each.getKey(), root)) {
        pages += each.getValue().pages();
      }
    }
    return pages * PAGE;
  }

  private static boolean descends(Map<Long, Seen> all, long pid, long root) {
    long at = pid;
    for (int depth = 0; depth < 64 && at > 1; depth++) {
      if (at == root) {
        return true;
      }
      Seen seen = all.get(at);
      if (seen == null) {
        return false;
      }
      at = seen.parent();
    }
    return false;
  }
}
