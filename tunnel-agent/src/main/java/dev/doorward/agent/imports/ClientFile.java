package dev.doorward.agent.imports;

import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Reason;
import dev.doorward.config.value.HttpUrl;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.json.JsonReadFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Reads {@code mcp.json}, {@code claude_desktop_config.json} and their like: {@code mcpServers} as
 * Claude, Cursor and others write it, {@code servers} as VS Code does, comments included. Pure.
 */
public final class ClientFile {
  private static final int MOST_SERVERS = 200;
  private static final Pattern VARIABLE = Pattern.compile("\\$\\{([^}]*)\\}");
  private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
  private static final List<List<String>> PLACES =
      List.of(
          List.of("mcpServers"),
          List.of("servers"),
          List.of("mcp", "servers"),
          List.of("context_servers"));

  private static final JsonMapper JSON =
      JsonMapper.builder(
              JsonFactory.builder()
                  .enable(JsonReadFeature.ALLOW_JAVA_COMMENTS)
                  .enable(JsonReadFeature.ALLOW_TRAILING_COMMA)
                  .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                  .streamReadConstraints(
                      StreamReadConstraints.builder().maxNestingDepth(32).build())
                  .build())
          .build();

  private ClientFile() {}

  /** The servers of the file, in its order; refused where it is none of such files. */
  public static Outcome<List<Found>> read(String text, Path home) {
    JsonNode root;
    try {
      root = JSON.readTree(text);
    } catch (JacksonException e) {
      return Outcome.failed(
          Reason.CONFIG_UNREADABLE,
          "The file is no JSON, near line " + e.getLocation().getLineNr() + ".");
    }
    JsonNode servers = find(root);
    if (servers == null) {
      return Outcome.failed(
          Reason.CONFIG_VALUE_REFUSED,
          "The file has no mcpServers and no servers; it is not the configuration of an MCP"
              + " client.");
    }
    if (servers.size() > MOST_SERVERS) {
      return Outcome.failed(
          Reason.CONFIG_VALUE_REFUSED, "The file has more than " + MOST_SERVERS + " servers.");
    }
    List<Found> all = new ArrayList<>();
    servers.properties().forEach(each -> all.add(server(each.getKey(), each.getValue(), home)));
    return Outcome.ok(List.copyOf(all));
  }

  private static @Nullable JsonNode find(@Nullable JsonNode root) {
    for (List<String> place : PLACES) {
      JsonNode at = root;
      for (String key : place) {
        at = at == null ? null : at.get(key);
      }
      if (at != null && at.isObject()) {
        return at;
      }
    }
    return null;
  }

  /** Why a server cannot be taken, on the way out of reading it. */
  private static final class Refusal extends Exception {
    private static final long serialVersionUID = 1L;

    Refusal(String why) {
      super(why, null, false, false);
    }

    String why() {
      return String.valueOf(getMessage());
    }
  }

  private static Found server(String called, JsonNode node, Path home) {
    try {
      if (!node.isObject()) {
        throw new Refusal("it is not described by keys");
      }
      if (node.path("disabled").asBoolean(false)) {
        throw new Refusal("it is disabled there");
      }
      return node.has("command") ? command(called, node, home) : url(called, node);
    } catch (Refusal e) {
      return new Found.NotTaken(called, e.why());
    }
  }

  private static Found command(String called, JsonNode node, Path home) throws Refusal {
    List<String> command = new ArrayList<>();
    command.add(resolved(string(node.get("command"), "command"), home));
    for (JsonNode each : node.path("args")) {
      command.add(resolved(string(each, "args"), home));
    }
    Map<String, String> secrets = new LinkedHashMap<>();
    List<String> inherited = new ArrayList<>();
    for (Map.Entry<String, JsonNode> each : node.path("env").properties()) {
      variable(each.getKey(), string(each.getValue(), "env"), home, secrets, inherited);
    }
    if (node.has("envFile")) {
      throw new Refusal("it has an envFile; name that file as environment-file in agent.yaml");
    }
    JsonNode directory = node.has("cwd") ? node.get("cwd") : node.get("workingDirectory");
    return new Found.Command(
        called,
        command,
        secrets,
        inherited,
        directory == null
            ? Optional.empty()
            : Optional.of(resolved(string(directory, "cwd"), home)));
  }

  private static void variable(
      String name, String value, Path home, Map<String, String> secrets, List<String> inherited)
      throws Refusal {
    if (!NAME.matcher(name).matches()) {
      throw new Refusal("its environment has a name that is no name of a variable");
    }
    if (value.equals("${" + name + "}") || value.equals("${env:" + name + "}")) {
      inherited.add(name);
      return;
    }
    String text = resolved(value, home);
    if (text.indexOf('\n') >= 0 || text.indexOf('\r') >= 0 || !text.equals(text.strip())) {
      throw new Refusal("the value of " + name + " has line breaks, or blanks at its ends");
    }
    secrets.put(name, text);
  }

  private static Found url(String called, JsonNode node) throws Refusal {
    JsonNode url = node.has("url") ? node.get("url") : node.get("serverUrl");
    if (url == null) {
      throw new Refusal("it has neither a command nor a url");
    }
    if (!node.path("headers").isEmpty()) {
      throw new Refusal("it wants headers with credentials, which an agent does not add");
    }
    String text = string(url, "url");
    if (HttpUrl.parse(text).isEmpty()) {
      throw new Refusal("its url is no URL without credentials, query and fragment");
    }
    return new Found.Url(called, text, node.path("type").asString("").equals("sse"));
  }

  private static String string(@Nullable JsonNode node, String key) throws Refusal {
    if (node == null || !(node.isString() || node.isNumber() || node.isBoolean())) {
      throw new Refusal("its " + key + " is not made of texts");
    }
    String text = node.asString();
    if (text.indexOf('\0') >= 0) {
      throw new Refusal("its " + key + " has a zero in it");
    }
    return text;
  }

  /** With the home folder in the place of variables for it; other variables cannot be taken. */
  private static String resolved(String text, Path home) throws Refusal {
    Matcher variables = VARIABLE.matcher(text);
    StringBuilder out = new StringBuilder();
    while (variables.find()) {
      String name = variables.group(1);
      if (!name.equals("userHome") && !name.equals("HOME") && !name.equals("env:HOME")) {
        throw new Refusal(
            "it uses ${" + name.replaceAll("[^A-Za-z0-9:_.-]", "?") + "}; write the value there");
      }
      variables.appendReplacement(out, Matcher.quoteReplacement(home.toString()));
    }
    return variables.appendTail(out).toString();
  }
}
