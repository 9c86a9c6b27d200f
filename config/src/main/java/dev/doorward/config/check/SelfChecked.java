package dev.doorward.config.check;

import java.util.List;

/** A configuration record that knows what its keys must be to each other. */
public interface SelfChecked {
  /** Two keys do not go together; {@code key} is the one to name, below the record. */
  record Fault(String key, String text) {}

  /** What does not go together; empty where all is well. */
  List<Fault> faults();
}
