package dev.doorward.auth.page;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * A person's personal access tokens.
 *
 * @param services what a new one can be for
 * @param scopes what a new one can permit beside the plain use
 * @param mostDays how long a new one may live
 * @param fresh whether the person signed in lately enough to make one
 * @param id of the token that the form would make
 * @param problem what is wrong with what was asked for
 */
public record TokensPage(
    String person,
    List<Line> tokens,
    List<String> services,
    List<Choice> scopes,
    long mostDays,
    boolean fresh,
    String id,
    String csrf,
    Optional<Phrase> problem) {
  /** Copies the lists. */
  public TokensPage {
    tokens = List.copyOf(tokens);
    services = List.copyOf(services);
    scopes = List.copyOf(scopes);
  }

  /**
   * A scope of a service.
   *
   * @param field of the form, to be ticked
   */
  public record Choice(String field, String service, String text) {}

  /** A token as a person reads it. */
  public record Line(
      String id, String name, String service, Instant ends, Optional<Instant> used) {}

  /**
   * A token that was just made.
   *
   * @param url of the service that it is for
   */
  public record Made(String name, String service, String url, String token, Instant ends) {
    /** How a program sends it. */
    public String header() {
      return "Authorization: Bearer " + token.substring(0, Math.min(8, token.length())) + "...";
    }
  }
}
