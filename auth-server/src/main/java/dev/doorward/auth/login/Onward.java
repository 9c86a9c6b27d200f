package dev.doorward.auth.login;

import dev.doorward.auth.engine.Parameters;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Where a sign-in leads: to an authorization request that waits, named by its server-side id, to an
 * errand, or to the account page. Nothing else can be asked for.
 *
 * @param request id of the request, or empty
 */
public record Onward(String request, Optional<Errand> errand) {
  private static final Pattern REQUEST = Pattern.compile("[A-Za-z0-9_-]{1,100}");
  private static final Pattern STORED = Pattern.compile("([A-Za-z0-9_-]*):([a-z-]*)");

  /** Nothing waits. */
  public static final Onward ACCOUNT = new Onward("", Optional.empty());

  /** Reads the fields {@code request} and {@code for} of a query or a form. */
  public static Onward of(Parameters parameters) {
    return new Onward(
        parameters.one("request").filter(id -> REQUEST.matcher(id).matches()).orElse(""),
        parameters.one("for").flatMap(Errand::of));
  }

  /** One text of both, for the store and for what forms are bound to. */
  public String tag() {
    return request + ":" + code();
  }

  /** What {@link #tag} made a text of. */
  public static Onward stored(String tag) {
    var parts = STORED.matcher(tag);
    return parts.matches() ? new Onward(parts.group(1), Errand.of(parts.group(2))) : ACCOUNT;
  }

  /** The code of the errand, or empty. */
  public String code() {
    return errand.map(Errand::code).orElse("");
  }

  /** Where to go once signed in. */
  public String path() {
    return errand
        .map(Errand::path)
        .orElse(request.isEmpty() ? "/account" : "/consent?request=" + request);
  }

  /** The sign-in page that leads there. */
  public String signInPath() {
    return at("/login");
  }

  /** A page of the sign-in that leads there. */
  String at(String page) {
    if (errand.isPresent()) {
      return page + "?for=" + code();
    }
    return request.isEmpty() ? page : page + "?request=" + request;
  }
}
