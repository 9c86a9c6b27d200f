package dev.doorward.config.load;

import static org.assertj.core.api.Assertions.assertThat;

import dev.doorward.common.outcome.Reason;
import dev.doorward.config.check.Finding;
import dev.doorward.config.check.Loaded;
import dev.doorward.config.load.ConfigTree.Branch;
import dev.doorward.config.load.ConfigTree.Items;
import dev.doorward.config.load.ConfigTree.Leaf;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class YamlTreeTest {
  @TempDir Path folder;

  private static List<String> findings(Loaded<Branch> loaded) {
    return switch (loaded) {
      case Loaded.Ready<Branch>(Branch tree) -> throw new AssertionError(tree.toString());
      case Loaded.Refused<Branch>(List<Finding> findings) ->
          findings.stream().map(Finding::toString).toList();
    };
  }

  private static Branch tree(String yaml) {
    return switch (YamlTree.text("edge.yaml", yaml)) {
      case Loaded.Ready<Branch>(Branch tree) -> tree;
      case Loaded.Refused<Branch>(List<Finding> findings) ->
          throw new AssertionError(findings.toString());
    };
  }

  @Test
  void everyValueIsTextWithItsLine() {
    Branch tree = tree("a: 1\n\nb:\n  c: yes\n  d: [x, 'y']\ne:\nf: null\n");

    assertThat(tree.entries().keySet()).containsExactly("a", "b", "e", "f");
    assertThat(tree.entries().get("a")).isEqualTo(new ConfigTree.Entry(1, new Leaf("1", 1)));
    assertThat(tree.entries().get("b"))
        .isInstanceOfSatisfying(
            ConfigTree.Entry.class,
            b -> {
              assertThat(b.keyLine()).isEqualTo(3);
              Branch below = (Branch) b.value();
              assertThat(below.entries().get("c"))
                  .isEqualTo(new ConfigTree.Entry(4, new Leaf("yes", 4)));
              assertThat(below.entries().get("d"))
                  .isEqualTo(
                      new ConfigTree.Entry(
                          5, new Items(List.of(new Leaf("x", 5), new Leaf("y", 5)), 5)));
            });
    assertThat(tree.entries().get("e")).isEqualTo(new ConfigTree.Entry(6, new Leaf("", 6)));
    assertThat(tree.entries().get("f")).isEqualTo(new ConfigTree.Entry(7, new Leaf("", 7)));
  }

  @Test
  void emptyFileIsAnEmptyTree() {
    assertThat(tree("").entries()).isEmpty();
    assertThat(tree("# only a comment\n").entries()).isEmpty();
  }

  @Test
  void everyRepeatedKeyIsToldWithBothLines() {
    assertThat(findings(YamlTree.text("edge.yaml", "a: 1\nb:\n  c: 1\n  c: 2\na: 3\n")))
        .containsExactly(
            "edge.yaml:4: b.c: stands twice; it was given on line 3 already.",
            "edge.yaml:5: a: stands twice; it was given on line 1 already.");
  }

  @Test
  void textThatIsNoYamlIsToldWithItsLine() {
    assertThat(findings(YamlTree.text("edge.yaml", "a: 1\nb: [x\nc: 2\n")))
        .singleElement()
        .asString()
        .startsWith("edge.yaml:3: is not YAML: ");
    assertThat(findings(YamlTree.text("edge.yaml", "a: 1\n\tb: 2\n")))
        .singleElement()
        .asString()
        .startsWith("edge.yaml:2: is not YAML: ");
    assertThat(findings(YamlTree.text("edge.yaml", "- a\n")))
        .containsExactly(
            "edge.yaml:1: needs keys, one a line, such as  public-url: https://example.com");
    assertThat(findings(YamlTree.text("edge.yaml", "a: 1\n---\nb: 2\n")))
        .singleElement()
        .asString()
        .contains("is not YAML");
  }

  @Test
  void anchorsLoopsAndDepthsAreRefused() {
    assertThat(findings(YamlTree.text("edge.yaml", "a: &x\n  b: *x\n")))
        .containsExactly(
            "edge.yaml:1: a: has an anchor (&name); write the value out where it is needed.");
    assertThat(findings(YamlTree.text("edge.yaml", "a: " + "[".repeat(20) + "]".repeat(20))))
        .singleElement()
        .asString()
        .endsWith("is nested too deeply; 16 levels are the most.");
  }

  @Test
  void fileThatIsMissingHugeOrNotTextIsToldInOneSentence() throws Exception {
    Path huge = Files.writeString(folder.resolve("huge.yaml"), "#".repeat(1024 * 1024 + 1));
    Path binary = Files.write(folder.resolve("binary.yaml"), new byte[] {(byte) 0xff, 0});
    Path missing = folder.resolve("none.yaml");

    assertThat(YamlTree.file(missing))
        .isEqualTo(
            new Loaded.Refused<>(
                List.of(
                    new Finding(
                        "none.yaml",
                        0,
                        "",
                        Reason.CONFIG_UNREADABLE,
                        missing + " does not exist."))));
    assertThat(findings(YamlTree.file(huge))).containsExactly("huge.yaml: is longer than 1MiB.");
    assertThat(findings(YamlTree.file(binary)))
        .containsExactly("binary.yaml: is not text in UTF-8.");
    assertThat(findings(YamlTree.file(folder))).hasSize(1);
  }
}
