package dev.doorward.auth.page;

/**
 * What the hidden token of a form is good for.
 *
 * @param form name of the form
 * @param session the sign-in session that the form was made in, or empty
 * @param subject what the form is about: a request, a setup code; or empty
 */
public record FormBinding(String form, String session, String subject) {
  /** All parts in one text that no other binding has: lines, and no part has a line end. */
  String text() {
    return form + "\n" + session.replace('\n', ' ') + "\n" + subject.replace('\n', ' ');
  }
}
