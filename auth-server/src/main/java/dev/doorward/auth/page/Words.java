package dev.doorward.auth.page;

import dev.doorward.auth.engine.AuthCall;
import gg.jte.Content;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.ResourceBundle;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Everything that pages say, in one language: the bundles beside this class, one for each area and
 * language. {@code {0}} stands for a value; there is no other syntax. Immutable.
 */
public final class Words {
  private static final Pattern PLACE = Pattern.compile("\\{(\\d)\\}");
  private static final ResourceBundle.Control PLAIN =
      ResourceBundle.Control.getNoFallbackControl(ResourceBundle.Control.FORMAT_PROPERTIES);

  private final Language language;

  private Words(Language language) {
    this.language = language;
  }

  /** Words in {@code language}. */
  public static Words in(Language language) {
    return new Words(language);
  }

  /** Words in the language that the browser asks for. */
  public static Words of(AuthCall call) {
    return in(Language.of(call));
  }

  /** The language. */
  public Language language() {
    return language;
  }

  /** Whether there is such a phrase. */
  boolean knows(String key) {
    return bundle(key).containsKey(key);
  }

  /** A sentence as plain text; templates escape it. A key that is missing is a bug and throws. */
  public String text(String key, Object... values) {
    return fill(bundle(key).getString(key), List.of(values));
  }

  /** A phrase as plain text. */
  public String text(Phrase phrase) {
    return fill(bundle(phrase.key()).getString(phrase.key()), phrase.values());
  }

  /**
   * A sentence of a bundle that has HTML in it; the sentence is not escaped, the values are, but
   * for {@link Content}.
   */
  public Content rich(String key, Object... values) {
    String pattern = bundle(key).getString(key);
    return output -> {
      Matcher place = PLACE.matcher(pattern);
      int from = 0;
      while (place.find()) {
        output.writeContent(pattern, from, place.start());
        switch (values[Integer.parseInt(place.group(1))]) {
          case Content content -> content.writeTo(output);
          case Object value -> output.writeUserContent(said(value));
        }
        from = place.end();
      }
      output.writeContent(pattern, from, pattern.length());
    };
  }

  /** A day as people write it and as programs read it, UTC. */
  public Content day(Instant time) {
    String iso = DateTimeFormatter.ISO_LOCAL_DATE.withZone(ZoneOffset.UTC).format(time);
    String shown =
        DateTimeFormatter.ofPattern(bundle("common.day").getString("common.day"))
            .withLocale(language.locale())
            .withZone(ZoneOffset.UTC)
            .format(time);
    return output -> {
      output.writeContent("<time datetime=\"" + iso + "\">");
      output.writeUserContent(shown);
      output.writeContent("</time>");
    };
  }

  private String fill(String pattern, List<Object> values) {
    return PLACE
        .matcher(pattern)
        .replaceAll(
            place -> Matcher.quoteReplacement(said(values.get(Integer.parseInt(place.group(1))))));
  }

  private String said(Object value) {
    return value instanceof Phrase phrase ? text(phrase) : value.toString();
  }

  private ResourceBundle bundle(String key) {
    String area = key.substring(0, key.indexOf('.'));
    return ResourceBundle.getBundle(
        "dev.doorward.auth.page.words." + area, language.locale(), PLAIN);
  }
}
