package dev.doorward.common.outcome;

/**
 * What may be told to whoever caused it: a stable reason and one sentence that says what is wrong,
 * where, and what to do. Never a secret, never another person's data, never echoed input.
 *
 * @param text one sentence or two, plain text, at most a few hundred characters
 */
public record Problem(Reason reason, String text) {}
