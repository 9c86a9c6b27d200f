package dev.doorward.policy.engine;

/** The answer of the policy. Without a {@link Permit} nothing is forwarded. */
public sealed interface Decision permits Permit, Deny {}
