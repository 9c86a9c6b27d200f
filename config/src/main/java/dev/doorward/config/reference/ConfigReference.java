package dev.doorward.config.reference;

import dev.doorward.config.agent.AgentConfig;
import dev.doorward.config.auth.AuthConfig;
import dev.doorward.config.bind.Key;
import dev.doorward.config.bind.KeySpec;
import dev.doorward.config.edge.EdgeConfig;

/** The text of docs/reference/config.md. */
public final class ConfigReference {
  private static final String HEAD =
      """
      # Configuration

      Two files, one for each process: `edge.yaml` on the public host, `agent.yaml` on the private one; and `auth.yaml` where \
      you want the auth-server apart from the edge. All are YAML; [config/reference](../../config/reference) has one of each, \
      with every key and a comment, to copy from. Every key but those marked *required* may be left out.

      - An unknown key, a value of the wrong form or outside its bounds stops the start. Everything that is wrong is said at \
      once, each with its line.
      - Times are written `500ms`, `30s`, `5m`, `24h`, `7d`; sizes `512`, `64KiB`, `4MiB`, `1GiB`. A relative path starts at \
      the file's own folder, `~/` at the home directory.
      - The environment overrides the file: `DOORWARD_` and the key in upper case, with `_` for dots and dashes, e.g. \
      `DOORWARD_LIMITS_BODY=8MiB`. A list is written with commas.

      This page is generated from the records in `dev.doorward.config`; a test keeps it true.
      """;

  private ConfigReference() {}

  /** The page. */
  public static String page() {
    StringBuilder out = new StringBuilder(HEAD);
    table("edge.yaml", EdgeConfig.class, out);
    table("agent.yaml", AgentConfig.class, out);
    table("auth.yaml", AuthConfig.class, out);
    return out.toString();
  }

  private static void table(String file, Class<? extends Record> type, StringBuilder out) {
    out.append("\n## ").append(file).append("\n\n");
    out.append("| key | default | bounds | what it does |\n|---|---|---|---|\n");
    for (KeySpec spec : KeySpec.of(type)) {
      out.append("| `")
          .append(spec.path())
          .append("` | ")
          .append(fallback(spec))
          .append(" | ")
          .append(bounds(spec))
          .append(" | ")
          .append(spec.key().doc())
          .append(" |\n");
    }
  }

  private static String fallback(KeySpec spec) {
    Key key = spec.key();
    if (!key.fallback().isEmpty()) {
      return "`" + key.fallback() + "`";
    }
    String example = key.example().isEmpty() ? "" : ", e.g. `" + key.example() + "`";
    return (spec.needed() ? "*required*" : "none") + example;
  }

  private static String bounds(KeySpec spec) {
    Key key = spec.key();
    if (!key.least().isEmpty() && !key.most().isEmpty()) {
      return "`" + key.least() + "` to `" + key.most() + "`";
    }
    String form = spec.form().startsWith("one of ") ? spec.form().substring(7) : spec.form();
    String kind = form.contains(" such as ") ? form.substring(0, form.indexOf(" such as ")) : form;
    return (spec.several() ? "a list, each " : "") + kind;
  }
}
