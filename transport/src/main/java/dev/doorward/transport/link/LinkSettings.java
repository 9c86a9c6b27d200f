package dev.doorward.transport.link;

import java.time.Duration;

/**
 * Times and bounds of a link, docs/link-protocol.md sections 2 to 4. Tests use shorter times; the
 * values of {@link #defaults} are the protocol's.
 *
 * @param hello from TLS handshake to welcome
 * @param echoEvery between two keep-alive echoes
 * @param echoSilence an echo is unanswered and nothing at all was read: the link is dead
 * @param echoLimit an echo is unanswered although other bytes were read: the link is dead
 * @param tick how often the times are looked at
 * @param stalledReader a full window that is not read
 * @param stalledWriter data that the peer gives no window for
 * @param calls calls open at once
 */
public record LinkSettings(
    Duration hello,
    Duration echoEvery,
    Duration echoSilence,
    Duration echoLimit,
    Duration tick,
    Duration stalledReader,
    Duration stalledWriter,
    int calls) {
  /** Window of a stream at its start, in bytes. */
  public static final int STREAM_WINDOW = 256 * 1024;

  /** Window of a stream that drains fast, in bytes. */
  public static final int STREAM_WINDOW_MOST = 2 * 1024 * 1024;

  /** By how much all windows of a link's streams may grow together, in bytes. */
  static final int GROWTH_BUDGET = 8 * 1024 * 1024;

  /** Window of a link, in bytes. */
  public static final int LINK_WINDOW = 16 * 1024 * 1024;

  /** Largest header list, in bytes as HTTP/2 counts them. */
  public static final int HEADER_LIST = 64 * 1024;

  /** Most RST_STREAM frames in {@link #RST_SECONDS}. */
  static final int RST_FRAMES = 10_000;

  static final int RST_SECONDS = 30;

  /** Most PING and SETTINGS frames, and most control messages, in {@link #FLOOD_WINDOW}. */
  static final int FLOOD_FRAMES = 200;

  static final int CONTROL_MESSAGES = 100;
  static final Duration FLOOD_WINDOW = Duration.ofSeconds(10);

  /** The protocol's values. */
  public static LinkSettings defaults() {
    return new LinkSettings(
        Duration.ofSeconds(10),
        Duration.ofSeconds(10),
        Duration.ofSeconds(10),
        Duration.ofSeconds(60),
        Duration.ofSeconds(2),
        Duration.ofSeconds(60),
        Duration.ofSeconds(120),
        1024);
  }

  /** The same with other keep-alive times. */
  public LinkSettings withEcho(Duration every, Duration silence, Duration newTick) {
    return new LinkSettings(
        hello, every, silence, echoLimit, newTick, stalledReader, stalledWriter, calls);
  }

  /** The same with another bound of calls. */
  public LinkSettings withCalls(int bound) {
    return new LinkSettings(
        hello, echoEvery, echoSilence, echoLimit, tick, stalledReader, stalledWriter, bound);
  }

  /** The same with other limits of a stalled stream. */
  public LinkSettings withStall(Duration reader, Duration writer) {
    return new LinkSettings(hello, echoEvery, echoSilence, echoLimit, tick, reader, writer, calls);
  }
}
