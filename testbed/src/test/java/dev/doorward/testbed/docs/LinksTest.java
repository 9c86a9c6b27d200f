package dev.doorward.testbed.docs;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** What documents point at is there: linked files, and the tests that the threat model names. */
class LinksTest {
  private static final Path ROOT =
      Path.of(System.getProperty("doorward.root", "..")).toAbsolutePath().normalize();
  private static final Pattern LINK = Pattern.compile("\\]\\(([^)#:]+)(?:#[^)]*)?\\)");
  private static final Pattern TEST_NAME =
      Pattern.compile("`([A-Z][A-Za-z]+(?:Test|IT))?(?:\\.([a-z]\\w+))?`");

  @Test
  void everyLinkedFileIsThere() throws IOException {
    List<String> dead = new ArrayList<>();
    for (Path page : pages()) {
      Matcher link = LINK.matcher(Files.readString(page));
      while (link.find()) {
        if (!Files.exists(page.resolveSibling(link.group(1)))) {
          dead.add(ROOT.relativize(page) + " -> " + link.group(1));
        }
      }
    }

    assertThat(pages()).hasSizeGreaterThan(10);
    assertThat(dead).isEmpty();
  }

  @Test
  void everyTestThatTheThreatModelNamesIsThere() throws IOException {
    Map<String, Path> sources = sources();
    List<String> missing = new ArrayList<>();
    int count = 0;
    for (String line : Files.readAllLines(ROOT.resolve("docs/threat-model.md"))) {
      // A name that begins with a dot is of the class before it.
      String type = "";
      Matcher named = TEST_NAME.matcher(line);
      while (named.find()) {
        type = named.group(1) == null ? type : named.group(1);
        if (!type.isEmpty()) {
          count++;
          Path source = sources.get(type);
          String method = named.group(2);
          if (source == null
              || (method != null
                  && !Files.readString(source).contains("\n  void " + method + "("))) {
            missing.add(type + named.group());
          }
        }
      }
    }

    assertThat(count).isGreaterThan(150);
    assertThat(missing).isEmpty();
  }

  private static List<Path> pages() throws IOException {
    try (Stream<Path> docs = Files.walk(ROOT.resolve("docs"));
        Stream<Path> top = Files.list(ROOT)) {
      return Stream.concat(docs, top).filter(p -> p.toString().endsWith(".md")).toList();
    }
  }

  /** Test sources by the name of their class. */
  private static Map<String, Path> sources() throws IOException {
    try (Stream<Path> modules = Files.list(ROOT)) {
      List<Path> folders =
          modules.map(m -> m.resolve("src/test/java")).filter(Files::isDirectory).toList();
      List<Path> all = new ArrayList<>();
      for (Path folder : folders) {
        try (Stream<Path> files = Files.walk(folder)) {
          files.filter(f -> f.toString().endsWith(".java")).forEach(all::add);
        }
      }
      return all.stream()
          .collect(
              Collectors.toMap(
                  p -> p.getFileName().toString().replace(".java", ""), p -> p, (one, _) -> one));
    }
  }
}
