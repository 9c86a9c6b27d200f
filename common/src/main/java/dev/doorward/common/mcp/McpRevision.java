package dev.doorward.common.mcp;

import java.util.Optional;

/** A revision of the MCP specification that the gateway carries, oldest first. */
public enum McpRevision {
  R2024_11_05("2024-11-05", Era.LEGACY, false, false),
  R2025_03_26("2025-03-26", Era.LEGACY, true, false),
  R2025_06_18("2025-06-18", Era.LEGACY, false, false),
  R2025_11_25("2025-11-25", Era.LEGACY, false, false),
  R2026_07_28("2026-07-28", Era.MODERN, false, true);

  /** How client and server find each other. */
  public enum Era {
    /** An initialize handshake, perhaps a session; a disconnect does not cancel. */
    LEGACY,
    /** Stateless, each request says all; closing the response stream cancels the request. */
    MODERN
  }

  /** What a request without a version header is taken for (2025-06-18, basic/transports). */
  public static final McpRevision WITHOUT_HEADER = R2025_03_26;

  private final String text;
  private final Era era;
  private final boolean batches;
  private final boolean headerValidation;

  McpRevision(String text, Era era, boolean batches, boolean headerValidation) {
    this.text = text;
    this.era = era;
    this.batches = batches;
    this.headerValidation = headerValidation;
  }

  /** The revision that {@code text} names, letter by letter. */
  public static Optional<McpRevision> parse(String text) {
    for (McpRevision revision : values()) {
      if (revision.text.equals(text)) {
        return Optional.of(revision);
      }
    }
    return Optional.empty();
  }

  /** The date that stands in headers and bodies, e.g. {@code 2025-11-25}. */
  public String text() {
    return text;
  }

  public Era era() {
    return era;
  }

  /** Whether one POST may carry several messages. */
  public boolean allowsBatch() {
    return batches;
  }

  /** Whether {@code Mcp-Method} and {@code Mcp-Name} must repeat what the body says. */
  public boolean validatesHeaders() {
    return headerValidation;
  }

  @Override
  public String toString() {
    return text;
  }
}
