package dev.doorward.transport.http;

import io.netty.handler.codec.http.HttpRequest;
import io.netty.util.AsciiString;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Hazard: a client that speaks as if it were a proxy or the gateway. Removes every {@code
 * doorward-}, {@code x-doorward-}, {@code x-forwarded-} and {@code x-http2-} header, {@code
 * forwarded}, {@code via} and what else names addresses; never refuses.
 */
public final class ForgedHeaderCheck implements HeadCheck {
  private static final List<AsciiString> PREFIXES =
      List.of(
          AsciiString.cached("doorward-"),
          AsciiString.cached("x-doorward-"),
          AsciiString.cached("x-forwarded-"),
          AsciiString.cached("x-http2-"),
          AsciiString.cached("x-auth-"),
          AsciiString.cached("x-original-"),
          AsciiString.cached("x-rewrite-"));
  private static final List<AsciiString> NAMES =
      List.of(
          AsciiString.cached("forwarded"),
          AsciiString.cached("via"),
          AsciiString.cached("x-real-ip"),
          AsciiString.cached("x-client-ip"),
          AsciiString.cached("x-cluster-client-ip"),
          AsciiString.cached("true-client-ip"),
          AsciiString.cached("cf-connecting-ip"),
          AsciiString.cached("x-http-method-override"));

  @Override
  public @Nullable Refusal check(HttpRequest request) {
    List<CharSequence> forged = null;
    Iterator<Map.Entry<CharSequence, CharSequence>> entries =
        request.headers().iteratorCharSequence();
    while (entries.hasNext()) {
      CharSequence name = entries.next().getKey();
      if (isForged(name)) {
        forged = forged == null ? new ArrayList<>(4) : forged;
        forged.add(name);
      }
    }
    if (forged != null) {
      forged.forEach(request.headers()::remove);
    }
    return null;
  }

  /** Whether a header of this name speaks for a proxy or the gateway; any case. */
  public static boolean isForged(CharSequence name) {
    char first = name.isEmpty() ? 0 : (char) (name.charAt(0) | 0x20);
    if (first != 'd'
        && first != 'x'
        && first != 'f'
        && first != 'v'
        && first != 't'
        && first != 'c') {
      return false;
    }
    for (AsciiString prefix : PREFIXES) {
      if (AsciiString.regionMatches(name, true, 0, prefix, 0, prefix.length())) {
        return true;
      }
    }
    for (AsciiString known : NAMES) {
      if (known.contentEqualsIgnoreCase(name)) {
        return true;
      }
    }
    return false;
  }
}
