package dev.doorward.auth.page;

import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import dev.doorward.common.outcome.Reason;
import gg.jte.html.OwaspHtmlTemplateOutput;
import gg.jte.output.StringOutput;
import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class WordsTest {
  private static final Path MAIN =
      Path.of(Objects.requireNonNull(System.getProperty("doorward.root")), "auth-server/src/main");
  private static final Path BUNDLES = MAIN.resolve("resources/dev/doorward/auth/page/words");
  private static final Pattern TAG = Pattern.compile("<[^>]*>");
  private static final Pattern HAN = Pattern.compile("\\p{IsHan}");

  static List<String> areas() {
    try (Stream<Path> files = Files.list(BUNDLES)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> !name.contains("_"))
          .map(name -> name.replace(".properties", ""))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @ParameterizedTest
  @MethodSource("areas")
  void languagesHaveTheSamePhrasesPlacesAndTags(String area) {
    Map<String, String> english = bundle(area);
    Map<String, String> chinese = bundle(area + "_zh");

    assertThat(chinese.keySet()).isEqualTo(english.keySet());
    english.forEach((key, text) -> {
      assertThat(key).startsWith(area + ".");
      assertThat(parts("\\{\\d\\}", chinese.getOrDefault(key, "")))
          .as(key)
          .isEqualTo(parts("\\{\\d\\}", text));
      assertThat(parts(TAG.pattern(), chinese.getOrDefault(key, "")))
          .as(key)
          .isEqualTo(parts(TAG.pattern(), text));
    });
  }

  @ParameterizedTest
  @MethodSource("areas")
  void everyPhraseIsTranslated(String area) {
    bundle(area + "_zh")
        .forEach((key, text) -> {
          assertThat(text).as(key).doesNotContain("'s ", "...").matches("(?s)\\S(.*\\S)?");
          if (!key.equals("common.as-is")) {
            assertThat(HAN.matcher(text).find()).as(key).isTrue();
          }
        });
  }

  @ParameterizedTest
  @MethodSource("areas")
  void noValueIsPutInsideATag(String area) {
    bundle(area)
        .forEach((key, text) ->
            assertThat(parts(TAG.pattern(), text)).as(key).noneMatch(tag -> tag.contains("{")));
  }

  @Test
  void templatesHaveNoWordsOfTheirOwn() {
    for (Path template : files(MAIN.resolve("jte"), ".jte")) {
      String html = withoutExpressions(read(template));
      assertThat(TAG.matcher(html).replaceAll(" ").replace("Doorward", ""))
          .as(template.getFileName().toString())
          .doesNotContainPattern("\\p{L}");
      assertThat(parts("(?:aria-label|title|alt|placeholder)=\"[^\"]*\\p{L}[^\"]*\"", html))
          .as(template.getFileName().toString())
          .isEmpty();
    }
  }

  @Test
  void everyPhraseThatIsAskedForExistsAndNoOtherDoes() {
    Set<String> known =
        areas().stream().flatMap(area -> bundle(area).keySet().stream()).collect(toSet());
    String asked = "\"((?:" + String.join("|", areas()) + ")\\.[a-z][a-z0-9-]*)\"";
    Set<String> used = new HashSet<>();
    Stream.of(files(MAIN.resolve("jte"), ".jte"), files(MAIN.resolve("java"), ".java"))
        .flatMap(List::stream)
        .forEach(file -> {
          Matcher key = Pattern.compile(asked).matcher(read(file));
          while (key.find()) {
            used.add(key.group(1));
          }
        });
    Arrays.stream(Reason.values())
        .map(reason -> "problem." + reason.code())
        .filter(known::contains)
        .forEach(used::add);

    assertThat(known).isEqualTo(used);
  }

  @Test
  void phrasesWithTagsAreNeverUsedAsPlainText() {
    Set<String> rich =
        areas().stream()
            .flatMap(area -> bundle(area).entrySet().stream())
            .filter(phrase -> phrase.getValue().contains("<"))
            .map(Map.Entry::getKey)
            .collect(toSet());

    for (Path template : files(MAIN.resolve("jte"), ".jte")) {
      assertThat(parts("words\\.text\\(\"[a-z0-9.-]+\"", read(template)))
          .as(template.getFileName().toString())
          .noneMatch(use -> rich.contains(use.split("\"", 3)[1]));
    }
  }

  @Test
  void valuesOfRichPhrasesAreEscaped() {
    assertThat(rich(Words.in(Language.ENGLISH), "signin.lead-client", "<b>&\""))
        .isEqualTo("to continue to <strong><bdi>&lt;b&gt;&amp;\"</bdi></strong>");
  }

  @Test
  void valuesThatLookLikePlacesStayAsTheyAre() {
    assertThat(Words.in(Language.ENGLISH).text("account.revoke-label", "{1}$1\\", "{0}"))
        .isEqualTo("Revoke {1}$1\\ for {0}");
  }

  @Test
  void daysAreWrittenAsReadersWriteThem() {
    Instant day = Instant.parse("2026-11-05T23:59:59Z");
    String english = "<time datetime=\"2026-11-05\">5 November 2026</time>";
    String chinese = "<time datetime=\"2026-11-05\">2026\u5e7411\u67085\u65e5</time>";

    for (Language language : Language.values()) {
      Words words = Words.in(language);
      assertThat(rich(words, "common.as-is", words.day(day)))
          .isEqualTo(
              switch (language) {
                case ENGLISH -> english;
                case SIMPLIFIED_CHINESE -> chinese;
              });
    }
  }

  private static String rich(Words words, String key, Object... values) {
    var text = new StringOutput();
    var output = new OwaspHtmlTemplateOutput(text);
    output.setContext("p", null);
    words.rich(key, values).writeTo(output);
    return text.toString();
  }

  /** A template without its directives and without what stands between braces. */
  private static String withoutExpressions(String template) {
    var html = new StringBuilder();
    for (String line : template.replace("&amp;", "&").lines().toList()) {
      String text = line.replaceAll("^@(?:import|param|if|else|elseif|for|end\\w+).*", "");
      if (text.startsWith("@template.")) {
        text = "";
      }
      int depth = 0;
      for (int i = 0; i < text.length(); i++) {
        char c = text.charAt(i);
        if (c == '$' && text.startsWith("${", i)) {
          depth++;
          i++;
        } else if (depth > 0) {
          depth += c == '{' ? 1 : c == '}' ? -1 : 0;
        } else {
          html.append(c);
        }
      }
      html.append('\n');
    }
    return html.toString();
  }

  private static List<String> parts(String pattern, String text) {
    return Pattern.compile(pattern).matcher(text).results().map(r -> r.group()).sorted().toList();
  }

  private static Map<String, String> bundle(String name) {
    var properties = new Properties();
    try (Reader reader = Files.newBufferedReader(BUNDLES.resolve(name + ".properties"))) {
      properties.load(reader);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Map<String, String> phrases = new TreeMap<>();
    properties.forEach((key, text) -> phrases.put(key.toString(), text.toString()));
    return phrases;
  }

  private static List<Path> files(Path root, String suffix) {
    try (Stream<Path> files = Files.walk(root)) {
      return new ArrayList<>(files.filter(f -> f.toString().endsWith(suffix)).toList());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
