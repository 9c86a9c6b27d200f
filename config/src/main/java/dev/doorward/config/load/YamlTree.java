package dev.doorward.config.load;

import dev.doorward.common.outcome.Reason;
import dev.doorward.config.check.Finding;
import dev.doorward.config.check.Loaded;
import dev.doorward.config.data.Cause;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/**
 * Reads YAML (1.2) as a tree: one document of keys, no key twice, no anchors, at most 1 MiB and 16
 * levels. Every value stays text; what it means is decided where it is bound.
 */
public final class YamlTree {
  private static final int MAX_BYTES = 1024 * 1024;
  private static final int MAX_DEPTH = 16;

  private final String source;
  private final List<Finding> findings = new ArrayList<>();

  private YamlTree(String source) {
    this.source = source;
  }

  /** Reads a file; the findings name it by its last part. */
  public static Loaded<ConfigTree.Branch> file(Path file) {
    String name = String.valueOf(file.getFileName());
    try (InputStream in = Files.newInputStream(file)) {
      byte[] bytes = in.readNBytes(MAX_BYTES + 1);
      if (bytes.length > MAX_BYTES) {
        return refused(name, Reason.CONFIG_MALFORMED, "is longer than 1MiB.");
      }
      String text = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
      return text(name, text);
    } catch (CharacterCodingException e) {
      return refused(name, Reason.CONFIG_MALFORMED, "is not text in UTF-8.");
    } catch (IOException e) {
      return refused(name, Reason.CONFIG_UNREADABLE, Cause.of(e, file));
    }
  }

  private static Loaded<ConfigTree.Branch> refused(String name, Reason reason, String text) {
    return new Loaded.Refused<>(List.of(new Finding(name, 0, "", reason, text)));
  }

  /** Reads a text; {@code source} is what the findings call it. */
  public static Loaded<ConfigTree.Branch> text(String source, String yaml) {
    var reader = new YamlTree(source);
    ConfigTree.Branch root = reader.root(yaml);
    return reader.findings.isEmpty()
        ? new Loaded.Ready<>(root)
        : new Loaded.Refused<>(reader.findings);
  }

  private ConfigTree.Branch root(String yaml) {
    LoadSettings settings = LoadSettings.builder().setCodePointLimit(MAX_BYTES).build();
    try {
      Optional<Node> node = new Compose(settings).composeString(yaml);
      if (node.isEmpty()) {
        return ConfigTree.Branch.empty();
      }
      if (read(node.get(), "", 0) instanceof ConfigTree.Branch branch) {
        return branch;
      }
      add(line(node.get()), "", "needs keys, one a line, such as  public-url: https://example.com");
    } catch (MarkedYamlEngineException e) {
      Optional<Mark> mark = e.getProblemMark().or(e::getContextMark);
      add(mark.map(m -> m.getLine() + 1).orElse(0), "", "is not YAML: " + e.getProblem() + ".");
    } catch (YamlEngineException e) {
      add(0, "", "is not YAML.");
    }
    return ConfigTree.Branch.empty();
  }

  private ConfigTree read(Node node, String path, int depth) {
    int line = line(node);
    if (node.getAnchor().isPresent()) {
      // Not followed: an alias to it may lead back up here.
      add(line, path, "has an anchor (&name); write the value out where it is needed.");
      return new ConfigTree.Leaf("", line);
    }
    if (depth > MAX_DEPTH) {
      add(line, path, "is nested too deeply; " + MAX_DEPTH + " levels are the most.");
      return new ConfigTree.Leaf("", line);
    }
    return switch (node) {
      case MappingNode mapping -> branch(mapping, path, depth);
      case SequenceNode sequence -> {
        List<ConfigTree> items = new ArrayList<>();
        for (Node item : sequence.getValue()) {
          items.add(read(item, path + "[" + items.size() + "]", depth + 1));
        }
        yield new ConfigTree.Items(items, line);
      }
      case ScalarNode scalar ->
          new ConfigTree.Leaf(scalar.getTag().equals(Tag.NULL) ? "" : scalar.getValue(), line);
      default -> new ConfigTree.Leaf("", line);
    };
  }

  private ConfigTree branch(MappingNode mapping, String path, int depth) {
    Map<String, ConfigTree.Entry> entries = new LinkedHashMap<>();
    for (NodeTuple tuple : mapping.getValue()) {
      int line = line(tuple.getKeyNode());
      if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
        add(line, path, "has a key that is no plain word.");
        continue;
      }
      String name = key.getValue();
      String below = path.isEmpty() ? name : path + "." + name;
      ConfigTree value = read(tuple.getValueNode(), below, depth + 1);
      ConfigTree.Entry before = entries.putIfAbsent(name, new ConfigTree.Entry(line, value));
      if (before != null) {
        add(line, below, "stands twice; it was given on line " + before.keyLine() + " already.");
      }
    }
    return new ConfigTree.Branch(entries, line(mapping));
  }

  private void add(int line, String key, String text) {
    findings.add(new Finding(source, line, key, Reason.CONFIG_MALFORMED, text));
  }

  private static int line(Node node) {
    return node.getStartMark().map(mark -> mark.getLine() + 1).orElse(0);
  }
}
