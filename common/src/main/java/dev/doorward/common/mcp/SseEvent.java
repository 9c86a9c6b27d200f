package dev.doorward.common.mcp;

import java.util.OptionalLong;

/**
 * An event of an event stream (WHATWG HTML, section 9.2).
 *
 * @param type {@code message} unless the stream names another
 * @param data its lines joined by a line feed
 * @param lastId the id in force: the stream's last one, empty where it never gave one
 * @param retryMillis reconnection time that came with this event
 */
public record SseEvent(String type, String data, String lastId, OptionalLong retryMillis) {}
