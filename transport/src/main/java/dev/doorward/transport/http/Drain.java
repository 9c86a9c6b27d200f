package dev.doorward.transport.http;

/** The event that asks a connection to end after the requests that it is serving. */
public enum Drain {
  /** Fired through the pipeline of each public connection when the process is to stop. */
  EVENT
}
