package dev.doorward.auth.page;

import java.util.List;
import java.util.Optional;

/**
 * A person's second factor.
 *
 * @param state what there is of it
 * @param problem what went wrong
 */
public record SecondFactorPage(String person, State state, String csrf, Optional<Phrase> problem) {
  /** How far it is. */
  public sealed interface State {
    /** None. */
    record Off() implements State {}

    /**
     * Waits for its first code.
     *
     * @param secret base32 in groups
     * @param uri what the image says, for apps on the same device
     * @param image path of the image
     */
    record Pending(String secret, String uri, String image) implements State {}

    /** On; so many recovery codes are left. */
    record On(int codesLeft) implements State {}

    /** On, and these recovery codes are shown this once. */
    record Codes(List<String> codes) implements State {}
  }
}
