package dev.doorward.auth.page;

import dev.doorward.auth.engine.AuthCall;
import java.util.List;
import java.util.Locale;

/** A language that the pages are written in. */
public enum Language {
  /** The one that is used where none fits. */
  ENGLISH("en"),
  /** Also for readers who ask for another Chinese than this one: no other is written. */
  SIMPLIFIED_CHINESE("zh-Hans");

  /** Longest Accept-Language that is read; browsers send less than 100. */
  private static final int MAX_HEADER = 512;

  private final String tag;

  Language(String tag) {
    this.tag = tag;
  }

  /** What the attribute {@code lang} says (BCP 47). */
  public String tag() {
    return tag;
  }

  /** Names the bundles: no more than the language. */
  Locale locale() {
    return Locale.of(Locale.forLanguageTag(tag).getLanguage());
  }

  /**
   * The language that the browser prefers among ours (RFC 9110 section 12.5.4). What is missing,
   * repeated, too long or malformed asks for nothing.
   */
  public static Language of(AuthCall call) {
    String header = call.header("accept-language");
    if (header == null || header.length() > MAX_HEADER) {
      return ENGLISH;
    }
    List<Locale.LanguageRange> ranges;
    try {
      ranges = Locale.LanguageRange.parse(header);
    } catch (IllegalArgumentException e) {
      return ENGLISH;
    }
    for (Locale.LanguageRange range : ranges) {
      if (range.getWeight() > 0) {
        String wanted = range.getRange().split("-", 2)[0];
        if (wanted.equals("*")) {
          return ENGLISH;
        }
        for (Language language : values()) {
          if (language.locale().getLanguage().equals(wanted)) {
            return language;
          }
        }
      }
    }
    return ENGLISH;
  }
}
