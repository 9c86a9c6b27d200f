package dev.doorward.auth.page;

import dev.doorward.auth.engine.AuthCall;
import dev.doorward.auth.engine.Parameters;
import dev.doorward.common.identity.Issuer;
import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Reason;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A form of ours that came back from the browser that got it: same origin, our cookie, our hidden
 * token, no field twice.
 */
public record PostedForm(Browser browser, Parameters fields) {
  /**
   * Reads the form in a call.
   *
   * @param binding what its hidden token must be for, given its fields
   */
  public static Outcome<PostedForm> read(
      AuthCall call, Issuer issuer, Function<Parameters, FormBinding> binding) {
    Optional<Parameters> fields = Parameters.ofForm(call);
    if (fields.isEmpty() || fields.get().repeated("").isPresent()) {
      return Outcome.failed(Reason.HTTP_MALFORMED, "The form arrived damaged. Please try again.");
    }
    if (!isSameOrigin(call, issuer)) {
      return Outcome.failed(
          Reason.HTTP_ORIGIN_REFUSED, "The form was sent by another site, so it was not used.");
    }
    Optional<Browser> browser = Browser.of(call);
    String token = fields.get().one("csrf").orElse("");
    if (browser.isEmpty() || !browser.get().knows(token, binding.apply(fields.get()))) {
      return Outcome.failed(
          Reason.HTTP_ORIGIN_REFUSED,
          "This form is out of date, or your browser did not send its cookie. Allow cookies for"
              + " this site and start again from your app.");
    }
    return Outcome.ok(new PostedForm(browser.get(), fields.get()));
  }

  /** The value of a field, empty where there is none. */
  public String field(String name) {
    return fields.one(name).orElse("");
  }

  /**
   * Fetch metadata decides where the browser sends it. Chromium posts a form of a page without
   * referrer with {@code Origin: null}; that is fine only where it says {@code same-origin} too.
   */
  private static boolean isSameOrigin(AuthCall call, Issuer issuer) {
    List<String> origins = call.headers().getOrDefault("origin", List.of());
    List<String> sites = call.headers().getOrDefault("sec-fetch-site", List.of());
    if (origins.size() > 1 || sites.size() > 1) {
      return false;
    }
    @Nullable String origin = origins.isEmpty() ? null : origins.getFirst();
    @Nullable String site = sites.isEmpty() ? null : sites.getFirst();
    boolean siteSame = "same-origin".equals(site);
    if (site != null && !siteSame) {
      return false;
    }
    if (origin == null) {
      return true;
    }
    return origin.equals("null") ? siteSame : origin.equals(issuer.value());
  }
}
