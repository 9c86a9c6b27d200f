package dev.doorward.auth.page;

import dev.doorward.auth.engine.AuthReply;
import dev.doorward.auth.engine.AuthReply.Header;
import io.nayuki.qrcodegen.QrCode;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** A QR code as an SVG file of its own: dark modules on white in either colour scheme. */
public final class QrImage {
  private static final int MARGIN = 4;

  private QrImage() {}

  /** The image of {@code text}, which nobody may keep. */
  public static AuthReply reply(String text) {
    return new AuthReply(
        200,
        List.of(
            new Header("Content-Type", "image/svg+xml"),
            new Header("Cache-Control", "no-store"),
            new Header("Content-Security-Policy", "default-src 'none'"),
            new Header("X-Content-Type-Options", "nosniff"),
            new Header("Referrer-Policy", "no-referrer")),
        svg(QrCode.encodeText(text, QrCode.Ecc.MEDIUM)).getBytes(StandardCharsets.UTF_8));
  }

  private static String svg(QrCode code) {
    int side = code.size + 2 * MARGIN;
    var path = new StringBuilder();
    for (int y = 0; y < code.size; y++) {
      for (int x = 0; x < code.size; x++) {
        if (code.getModule(x, y)) {
          path.append('M').append(x + MARGIN).append(' ').append(y + MARGIN).append("h1v1h-1z");
        }
      }
    }
    return "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 "
        + side
        + " "
        + side
        + "\" shape-rendering=\"crispEdges\"><rect width=\""
        + side
        + "\" height=\""
        + side
        + "\" fill=\"#fff\"/><path fill=\"#000\" d=\""
        + path
        + "\"/></svg>";
  }
}
