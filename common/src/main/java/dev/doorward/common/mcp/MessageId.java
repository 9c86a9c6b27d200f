package dev.doorward.common.mcp;

/**
 * A JSON-RPC id or a progress token.
 *
 * @param value the text of the string, or the number as it was written
 */
public record MessageId(String value, boolean number) {

  /** As it stands in JSON, fit to be echoed in an answer: strings quoted and escaped. */
  public String json() {
    if (number) {
      return value;
    }
    var out = new StringBuilder(value.length() + 2).append('"');
    for (int i = 0; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '"' || c == '\\') {
        out.append('\\').append(c);
      } else if (c < 0x20 || c > 0x7e) {
        out.append("\\u");
        for (int shift = 12; shift >= 0; shift -= 4) {
          out.append(Character.forDigit((c >> shift) & 0xf, 16));
        }
      } else {
        out.append(c);
      }
    }
    return out.append('"').toString();
  }
}
