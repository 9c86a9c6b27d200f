package dev.doorward.auth.page;

import java.util.Optional;

/**
 * A page that only tells something.
 *
 * @param detail the exact English sentence for whoever can mend it, or empty
 * @param reason stable code of what went wrong, or empty
 * @param way where to go on, if anywhere
 */
public record MessagePage(
    Phrase title, Phrase text, String detail, String reason, Optional<Way> way) {
  /** A link: a path on this server, or the address of a provider that the operator named. */
  public record Way(String path, Phrase text) {}

  /** A page with nothing but a title and a text. */
  public static MessagePage of(Phrase title, Phrase text) {
    return new MessagePage(title, text, "", "", Optional.empty());
  }
}
