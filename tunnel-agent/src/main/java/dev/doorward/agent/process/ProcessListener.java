package dev.doorward.agent.process;

/** What is heard of a process; each call on a thread of the process's own, one after the other. */
public interface ProcessListener {
  /** A line that the process wrote, without its line break. */
  void onLine(byte[] line);

  /** It has ended, or has closed its output. The last call. */
  void onEnd(ProcessEnd end);
}
