package dev.doorward.auth.upstream;

import java.net.URI;
import java.util.Optional;

/** A place where people have accounts. Blocks; safe on any virtual thread. */
interface Provider {
  /**
   * What belongs to one sign-in.
   *
   * @param redirectUri where the provider sends the browser back to
   * @param again whether the person must prove to the provider that it is them
   */
  record Trip(URI redirectUri, String state, String nonce, String verifier, boolean again) {}

  /**
   * What the browser brought back.
   *
   * @param iss the issuer that answered, where it says (RFC 9207)
   */
  record Returned(String code, Optional<String> iss) {}

  /** Where to send the browser. */
  sealed interface Start {
    /** There. */
    record Go(URI url) implements Start {}

    /** The provider cannot be reached, or what it says of itself is not in order. */
    record Out(String why) implements Start {}
  }

  /** What a provider says of who came back. */
  sealed interface Finish {
    /** Who it is. */
    record Known(Account account) implements Finish {}

    /** What came back is not in order; why is for the log. */
    record Refused(String why) implements Finish {}

    /** The provider cannot be reached; why is for the log. */
    record Out(String why) implements Finish {}
  }

  /** Whether an account may still come in. */
  enum Standing {
    /** It may. */
    MEMBER,
    /** The provider says that it may not. */
    GONE,
    /** The provider does not say. */
    UNKNOWN
  }

  /** Begins. */
  Start begin(Trip trip);

  /** Ends. */
  Finish finish(Trip trip, Returned returned);

  /** Asks again about an account that came in by membership. */
  Standing ask(String token);
}
