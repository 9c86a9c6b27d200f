package dev.doorward.config.bind;

import static org.assertj.core.api.Assertions.assertThat;

import dev.doorward.common.identity.Secret;
import dev.doorward.common.identity.ServiceName;
import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Reason;
import dev.doorward.config.check.Finding;
import dev.doorward.config.check.Loaded;
import dev.doorward.config.check.SelfChecked;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConfigReaderTest {
  enum Colour {
    RED,
    LIGHT_BLUE
  }

  record Below(
      @Key(doc = "d", fallback = "1s", least = "1s", most = "1m") Duration pause,
      @Key(doc = "d", fallback = "2m") Duration longPause)
      implements SelfChecked {
    @Override
    public List<Fault> faults() {
      return pause.compareTo(longPause) <= 0
          ? List.of()
          : List.of(new Fault("pause", "is longer than the long pause."));
    }
  }

  record Named(@Key(doc = "d", example = "x") String word) {}

  record Sample(
      @Key(doc = "d", example = "joe") String name,
      @Key(doc = "d", fallback = "3", least = "1", most = "8") int count,
      @Key(doc = "d", fallback = "false") boolean loud,
      @Key(doc = "d", fallback = "light-blue") Colour colour,
      @Key(doc = "d") Optional<Secret> password,
      @Key(doc = "d", readable = true) Optional<Path> file,
      @Key(doc = "d", least = "1", most = "5") List<Integer> numbers,
      Below below,
      Map<ServiceName, Named> things) {}

  @TempDir Path folder;

  private Loaded<Sample> read(String yaml, Map<String, String> environment) {
    return ConfigReader.readText(Sample.class, yaml, folder, environment);
  }

  private Sample ready(String yaml, Map<String, String> environment) {
    return switch (read(yaml, environment)) {
      case Loaded.Ready<Sample>(Sample sample) -> sample;
      case Loaded.Refused<Sample>(List<Finding> findings) ->
          throw new AssertionError(findings.toString());
    };
  }

  private List<Finding> refused(String yaml, Map<String, String> environment) {
    return switch (read(yaml, environment)) {
      case Loaded.Ready<Sample>(Sample sample) -> throw new AssertionError(sample.toString());
      case Loaded.Refused<Sample>(List<Finding> findings) -> findings;
    };
  }

  private List<String> lines(String yaml) {
    return refused(yaml, Map.of()).stream().map(Finding::toString).toList();
  }

  @Test
  void whatIsNotGivenHasItsFallback() {
    assertThat(ready("name: joe", Map.of()))
        .isEqualTo(
            new Sample(
                "joe",
                3,
                false,
                Colour.LIGHT_BLUE,
                Optional.empty(),
                Optional.empty(),
                List.of(),
                new Below(Duration.ofSeconds(1), Duration.ofMinutes(2)),
                Map.of()));
  }

  @Test
  void everyFindingIsToldAtOnceWithItsLineAndBound() {
    String yaml =
        """
        count: 9
        loud: yes
        color: red
        colour: green
        numbers:
          - 1
          - 6
          - x
        below:
          pause: 2m
          long-pause: soon
          pauze: 1s
        things:
          good:
            word:
          Bad_Name:
            word: x
          empty: {}
        file: nothing.pem
        """;

    assertThat(lines(yaml))
        .containsExactly(
            "text:1: name: is missing; there is no default for it, such as joe.",
            "text:1: count: \"9\" is more than the most, 8.",
            "text:2: loud: \"yes\" is not true or false.",
            "text:3: color: there is no such key; did you mean colour?",
            "text:4: colour: \"green\" is not one of red, light-blue.",
            "text:7: numbers: \"6\" is more than the most, 5.",
            "text:8: numbers: \"x\" is not a whole number.",
            "text:10: below.pause: \"2m\" is more than the most, 1m.",
            "text:11: below.long-pause: \"soon\" is not a time such as 30s, 5m or 24h.",
            "text:12: below.pauze: there is no such key; did you mean pause?",
            "text:15: things.good.word: has no value; give it one or remove the line.",
            "text:16: things: \"Bad_Name\" is not a service name: 1 to 32 of a-z 0-9 and -,"
                + " starting with a letter, and not reserved.",
            "text:18: things.empty.word: is missing; there is no default for it, such as x.",
            "text:19: file: " + folder.resolve("nothing.pem") + " does not exist.");
  }

  @Test
  void valueOfAnotherShapeIsTold() {
    assertThat(lines("name: [a]\nbelow: 3\nnumbers: 4\nthings:\n  - a\n"))
        .containsExactly(
            "text:1: name: takes one value, not a list and no keys below it.",
            "text:2: below: needs keys below it, not a value.",
            "text:3: numbers: is a list: one value a line below it, each behind a dash.",
            "text:4: things: needs keys below it, not a value.");
  }

  @Test
  void unknownKeyFarFromEveryOtherListsWhatThereIs() {
    assertThat(lines("name: joe\nbelow:\n  database: x\n"))
        .containsExactly(
            "text:3: below.database: there is no such key; the keys here are pause, long-pause.");
  }

  @Test
  void keysThatDoNotGoTogetherAreTold() {
    assertThat(lines("name: joe\nbelow:\n  pause: 30s\n  long-pause: 20s\n"))
        .containsExactly("text:3: below.pause: is longer than the long pause.");
  }

  @Test
  void environmentOverridesTheFile() {
    Sample sample =
        ready(
            "name: joe\nbelow:\n  pause: 2s\n",
            Map.of(
                "DOORWARD_NAME", "ann",
                "DOORWARD_BELOW_PAUSE", "3s",
                "DOORWARD_NUMBERS", "1, 2",
                "DOORWARD_COUNT", "",
                "DOORWARD_JAVA_HOME", "/usr",
                "PATH", "/bin"));

    assertThat(sample.name()).isEqualTo("ann");
    assertThat(sample.below().pause()).isEqualTo(Duration.ofSeconds(3));
    assertThat(sample.numbers()).containsExactly(1, 2);
    assertThat(sample.count()).isEqualTo(3);
  }

  @Test
  void wrongAndMisspeltVariablesAreToldByTheirName() {
    assertThat(
            refused("name: joe", Map.of("DOORWARD_COUNT", "9", "DOORWARD_CUONT", "4")).stream()
                .map(Finding::toString))
        .containsExactly(
            "DOORWARD_COUNT: count: \"9\" is more than the most, 8.",
            "DOORWARD_CUONT: there is no such variable; did you mean DOORWARD_COUNT?");
  }

  @Test
  void secretIsNeverShown() {
    Sample sample = ready("name: joe\npassword: hunter2\n", Map.of());

    assertThat(sample.password().orElseThrow().reveal()).isEqualTo("hunter2");
    assertThat(sample.toString()).doesNotContain("hunter2");
    assertThat(ConfigText.of(sample)).contains("password: '***'").doesNotContain("hunter2");
  }

  @Test
  void writtenTextIsReadAsTheSameConfiguration() throws Exception {
    Path file = Files.writeString(folder.resolve("x.pem"), "x");
    Sample sample =
        ready(
            """
            name: "it's: # a name"
            file: x.pem
            numbers: [1, 2]
            things:
              zoo: {word: "true"}
              bar: {word: b}
            """,
            Map.of());

    assertThat(sample.file()).contains(file);
    assertThat(ready(ConfigText.of(sample), Map.of())).isEqualTo(sample);
    assertThat(ConfigText.of(sample))
        .contains("name: 'it''s: # a name'", "  bar:\n    word: b\n  zoo:", "long-pause: 2m");
  }

  @Test
  void relativePathsStartAtTheFileAndTildeAtHome() throws Exception {
    Files.writeString(folder.resolve("x.pem"), "x");
    Path yaml = Files.writeString(folder.resolve("c.yaml"), "name: joe\nfile: ./x.pem\n");

    Outcome<Sample> outcome =
        ConfigReader.read(Sample.class, Optional.of(yaml), Map.of()).outcome();

    assertThat(outcome)
        .isInstanceOfSatisfying(
            Outcome.Ok.class,
            ok -> assertThat(((Sample) ok.value()).file()).contains(folder.resolve("x.pem")));
    assertThat(lines("name: joe\nfile: ~/no such file\n").getFirst())
        .contains(System.getProperty("user.home") + "/no such file does not exist");
  }

  @Test
  void homeIsThatOfTheEnvironmentAndElseThatOfJava() {
    for (Map.Entry<String, String> home :
        Map.of(
                "/srv/door", "/srv/door",
                "", System.getProperty("user.home"),
                "relative", System.getProperty("user.home"))
            .entrySet()) {
      assertThat(
              ConfigReader.readText(
                      Sample.class,
                      "name: joe\nfile: ~/no such file\n",
                      folder,
                      Map.of("HOME", home.getKey()))
                  .toString())
          .contains(home.getValue() + "/no such file does not exist");
    }
  }

  @Test
  void withoutAFileTheEnvironmentIsEnough() {
    assertThat(ConfigReader.read(Sample.class, Optional.empty(), Map.of("DOORWARD_NAME", "ann")))
        .isInstanceOf(Loaded.Ready.class);
    assertThat(ConfigReader.read(Sample.class, Optional.empty(), Map.of()).outcome())
        .isInstanceOfSatisfying(
            Outcome.Failed.class,
            failed -> {
              assertThat(failed.problem().reason()).isEqualTo(Reason.CONFIG_VALUE_REFUSED);
              assertThat(failed.problem().text())
                  .isEqualTo(
                      "environment: name: is missing; there is no default for it, such as joe.");
            });
  }

  @Test
  void longAndUnprintableValuesAreCut() {
    assertThat(lines("name: joe\ncount: \"1\\e[2J" + "x".repeat(100) + "\"\n").getFirst())
        .contains("\"1?[2Jxxx")
        .contains("x...\" is not a whole number.")
        .hasSizeLessThan(120);
  }
}
