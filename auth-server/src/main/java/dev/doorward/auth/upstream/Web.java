package dev.doorward.auth.upstream;

import java.net.URI;
import java.util.Map;

/** How providers are asked. Blocks; safe on any virtual thread. */
public interface Web {
  /** What came of it. */
  sealed interface Reply {
    /** An answer of whatever status, whole and within its bound. */
    record Got(int status, Map<String, String> headers, byte[] body) implements Reply {}

    /** No answer that could be read; why is for the log. */
    record Lost(String why) implements Reply {}
  }

  /** GET. */
  Reply get(URI url, Map<String, String> headers);

  /** POST of a form. */
  Reply post(URI url, Map<String, String> headers, Map<String, String> form);
}
