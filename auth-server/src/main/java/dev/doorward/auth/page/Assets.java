package dev.doorward.auth.page;

import dev.doorward.auth.engine.AuthCall;
import dev.doorward.auth.engine.AuthReply;
import dev.doorward.auth.engine.AuthReply.Header;
import dev.doorward.common.identity.Fingerprint;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.List;

/** The files that pages load: a style sheet, an icon, and a script for passkeys. */
public final class Assets {
  /** Path of the style sheet; pages add a version. */
  public static final String STYLE = "/login/style.css";

  /** Path of the icon. */
  public static final String ICON = "/login/icon.svg";

  /** Path of the script; pages add a version. */
  public static final String SCRIPT = "/login/passkey.js";

  private final byte[] script = read("passkey.js");
  private final byte[] style = read("style.css");
  private final byte[] icon = read("icon.svg");

  /** The style sheet's path with a version that changes with its content. */
  public String stylePath() {
    return STYLE + "?v=" + Fingerprint.of(style).hex().substring(0, 12);
  }

  /** The script's path with a version that changes with its content. */
  public String scriptPath() {
    return SCRIPT + "?v=" + Fingerprint.of(script).hex().substring(0, 12);
  }

  /** Serves the script. */
  public AuthReply script(AuthCall call) {
    return file("text/javascript; charset=utf-8", script);
  }

  /** Serves the style sheet. */
  public AuthReply style(AuthCall call) {
    return file("text/css; charset=utf-8", style);
  }

  /** Serves the icon. */
  public AuthReply icon(AuthCall call) {
    return file("image/svg+xml", icon);
  }

  private static AuthReply file(String type, byte[] content) {
    return new AuthReply(
        200,
        List.of(
            new Header("Content-Type", type),
            new Header("Cache-Control", "public, max-age=86400"),
            new Header("Content-Security-Policy", "default-src 'none'"),
            new Header("X-Content-Type-Options", "nosniff")),
        content);
  }

  private static byte[] read(String name) {
    try (InputStream file = Assets.class.getResourceAsStream(name)) {
      if (file == null) {
        throw new IllegalStateException("missing resource " + name);
      }
      return file.readAllBytes();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
