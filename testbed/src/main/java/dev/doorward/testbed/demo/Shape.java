package dev.doorward.testbed.demo;

/** Where the auth-server runs. */
public enum Shape {
  /** Inside the edge. */
  EMBEDDED,
  /** In a process of its own, with a socket between. */
  APART
}
