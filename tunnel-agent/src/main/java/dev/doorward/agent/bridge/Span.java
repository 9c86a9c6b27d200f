package dev.doorward.agent.bridge;

/** A part of a message, in bytes. */
record Span(int from, int to) {}
