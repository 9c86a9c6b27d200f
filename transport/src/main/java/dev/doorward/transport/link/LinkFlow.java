package dev.doorward.transport.link;

import java.util.function.LongSupplier;

/**
 * What the streams of one link need to judge their flow.
 *
 * @param nanoTime monotonic clock
 * @param keepAlive knows the round trip
 */
record LinkFlow(
    LinkWindows windows, LinkSettings settings, LongSupplier nanoTime, KeepAlive keepAlive) {}
