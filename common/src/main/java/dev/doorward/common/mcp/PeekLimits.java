package dev.doorward.common.mcp;

/**
 * The bounds of {@link McpPeek}.
 *
 * @param bodyBytes longest body
 * @param depth deepest nesting of objects and arrays, 1 to 500
 * @param stringBytes longest string as it is written, escapes included
 * @param keyChars longest key of an object
 * @param numberChars longest number
 * @param tokens most keys, values and brackets of one body
 * @param batch most messages of a batch
 * @param methodChars longest method name; ids and progress tokens have the same bound
 */
public record PeekLimits(
    int bodyBytes,
    int depth,
    int stringBytes,
    int keyChars,
    int numberChars,
    int tokens,
    int batch,
    int methodChars) {
  private static final PeekLimits DEFAULTS =
      new PeekLimits(4 << 20, 64, 1 << 20, 1_024, 128, 1_000_000, 50, 256);

  /** 4 MiB, 64 levels, strings of 1 MiB. */
  public static PeekLimits defaults() {
    return DEFAULTS;
  }

  /** The same with another longest body. */
  public PeekLimits withBodyBytes(int bytes) {
    return new PeekLimits(
        bytes, depth, stringBytes, keyChars, numberChars, tokens, batch, methodChars);
  }
}
