package dev.doorward.auth.fetch;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One HTTP/1.1 answer, read strictly and within bounds from a connection that is closed after it.
 *
 * @param headers by lower-case name
 */
record HttpAnswer(int status, Map<String, List<String>> headers, byte[] body) {
  private static final int MAX_HEAD = 16 * 1024;
  private static final int MAX_CHUNK_LINE = 256;
  private static final Pattern STATUS = Pattern.compile("HTTP/1\\.[01] ([1-5][0-9]{2})(?: .*)?");
  private static final Pattern HEADER =
      Pattern.compile("([!#$%&'*+.^_`|~0-9A-Za-z-]{1,128}):[ \\t]*(.*?)[ \\t]*");
  private static final Pattern CHUNK = Pattern.compile("([0-9A-Fa-f]{1,6})(?:[;\\s].*)?");

  /** What was sent is no HTTP, or more than was allowed. */
  static final class Refused extends IOException {
    Refused(String why) {
      super(why);
    }
  }

  /** The only value of a header. */
  Optional<String> header(String lowerCaseName) {
    List<String> values = headers.getOrDefault(lowerCaseName, List.of());
    return values.size() == 1 ? Optional.of(values.getFirst()) : Optional.empty();
  }

  /** Reads an answer; the body of anything but a 200 is left unread. */
  static HttpAnswer read(InputStream in, int maxBody) throws IOException {
    List<String> head = head(in);
    Matcher status = STATUS.matcher(head.getFirst());
    if (!status.matches()) {
      throw new Refused("no HTTP/1.1 answer");
    }
    Map<String, List<String>> headers = new HashMap<>();
    for (String line : head.subList(1, head.size())) {
      Matcher header = HEADER.matcher(line);
      if (!header.matches()) {
        throw new Refused("a malformed header");
      }
      headers
          .computeIfAbsent(header.group(1).toLowerCase(Locale.ROOT), _ -> new ArrayList<>(1))
          .add(header.group(2));
    }
    int code = Integer.parseInt(status.group(1));
    return new HttpAnswer(code, headers, code == 200 ? body(in, headers, maxBody) : new byte[0]);
  }

  private static List<String> head(InputStream in) throws IOException {
    List<String> lines = new ArrayList<>();
    int left = MAX_HEAD;
    for (String line = line(in, left); !line.isEmpty(); line = line(in, left)) {
      left -= line.length() + 2;
      lines.add(line);
    }
    if (lines.isEmpty()) {
      throw new Refused("no status line");
    }
    return lines;
  }

  private static byte[] body(InputStream in, Map<String, List<String>> headers, int max)
      throws IOException {
    List<String> lengths = headers.getOrDefault("content-length", List.of());
    List<String> codings = headers.getOrDefault("transfer-encoding", List.of());
    if (!codings.isEmpty()) {
      if (!lengths.isEmpty() || codings.size() > 1 || !codings.getFirst().equals("chunked")) {
        throw new Refused("unclear framing");
      }
      return chunked(in, max);
    }
    if (lengths.isEmpty()) {
      byte[] body = in.readNBytes(max + 1);
      return checked(body, max);
    }
    if (lengths.size() > 1 || !lengths.getFirst().matches("[0-9]{1,9}")) {
      throw new Refused("unclear framing");
    }
    int length = Integer.parseInt(lengths.getFirst());
    if (length > max) {
      throw new Refused("too large");
    }
    byte[] body = in.readNBytes(length);
    if (body.length < length) {
      throw new EOFException("cut off");
    }
    return body;
  }

  private static byte[] chunked(InputStream in, int max) throws IOException {
    var body = new ByteArrayOutputStream();
    while (true) {
      Matcher size = CHUNK.matcher(line(in, MAX_CHUNK_LINE));
      if (!size.matches()) {
        throw new Refused("unclear framing");
      }
      int length = Integer.parseInt(size.group(1), 16);
      if (length == 0) {
        return body.toByteArray();
      }
      if (length > max - body.size()) {
        throw new Refused("too large");
      }
      byte[] chunk = in.readNBytes(length);
      if (chunk.length < length || !line(in, 2).isEmpty()) {
        throw new EOFException("cut off");
      }
      body.writeBytes(chunk);
    }
  }

  private static byte[] checked(byte[] body, int max) throws Refused {
    if (body.length > max) {
      throw new Refused("too large");
    }
    return body;
  }

  /** A line without its CRLF. */
  private static String line(InputStream in, int max) throws IOException {
    var line = new ByteArrayOutputStream();
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        throw new EOFException("cut off");
      }
      if (line.size() > max) {
        throw new Refused("too long a line");
      }
      line.write(b);
    }
    String text = line.toString(StandardCharsets.ISO_8859_1);
    if (!text.endsWith("\r")) {
      throw new Refused("a line without CRLF");
    }
    return text.substring(0, text.length() - 1);
  }
}
