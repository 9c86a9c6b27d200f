package dev.doorward.testbed.client;

import java.net.URI;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A form of a page: where it goes and what it holds already.
 *
 * @param action absolute
 * @param fields values of hidden and filled-in inputs by name
 */
public record HtmlForm(URI action, Map<String, String> fields) {
  private static final Pattern FORM =
      Pattern.compile("<form[^>]*\\baction=\"([^\"]*)\"[^>]*>(.*?)</form>", Pattern.DOTALL);
  private static final Pattern INPUT = Pattern.compile("<input\\b[^>]*>");

  /** Finds the first form; fails where the page has none. */
  public static HtmlForm find(URI page, String html) {
    return find(page, html, "");
  }

  /** Finds the first form whose action begins so; fails where the page has none. */
  public static HtmlForm find(URI page, String html, String action) {
    Matcher form = FORM.matcher(html);
    do {
      if (!form.find()) {
        throw new IllegalStateException("no form at " + page.getPath() + ": " + html);
      }
    } while (!plain(form.group(1)).startsWith(action));
    Map<String, String> fields = new LinkedHashMap<>();
    Matcher input = INPUT.matcher(form.group(2));
    while (input.find()) {
      String name = attribute(input.group(), "name");
      if (!name.isEmpty()) {
        fields.put(name, attribute(input.group(), "value"));
      }
    }
    return new HtmlForm(page.resolve(plain(form.group(1))), fields);
  }

  /** The same with one more value. */
  public HtmlForm with(String name, String value) {
    Map<String, String> more = new LinkedHashMap<>(fields);
    more.put(name, value);
    return new HtmlForm(action, more);
  }

  private static String attribute(String tag, String name) {
    Matcher matcher = Pattern.compile("\\b" + name + "=\"([^\"]*)\"").matcher(tag);
    return matcher.find() ? plain(matcher.group(1)) : "";
  }

  private static String plain(String text) {
    return text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&#34;", "\"")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&amp;", "&");
  }
}
