package dev.doorward.auth.login;

import dev.doorward.auth.engine.AuthCall;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a browser calls itself, short enough to recognise it in a list: {@code Firefox · Linux}. */
final class BrowserLabel {
  private static final int MAX_HEADER = 512;

  /** The first that is contained wins: most browsers also name those that they descend from. */
  private static final List<Map.Entry<String, String>> BROWSERS =
      List.of(
          Map.entry("Edg", "Edge"),
          Map.entry("OPR/", "Opera"),
          Map.entry("Vivaldi", "Vivaldi"),
          Map.entry("MicroMessenger", "WeChat"),
          Map.entry("SamsungBrowser", "Samsung Internet"),
          Map.entry("Firefox", "Firefox"),
          Map.entry("FxiOS", "Firefox"),
          Map.entry("CriOS", "Chrome"),
          Map.entry("Chrome", "Chrome"),
          Map.entry("Safari", "Safari"),
          Map.entry("curl", "curl"));

  private static final List<Map.Entry<String, String>> SYSTEMS =
      List.of(
          Map.entry("iPhone", "iPhone"),
          Map.entry("iPad", "iPad"),
          Map.entry("Android", "Android"),
          Map.entry("Windows", "Windows"),
          Map.entry("CrOS", "ChromeOS"),
          Map.entry("Mac OS", "macOS"),
          Map.entry("Linux", "Linux"));

  private BrowserLabel() {}

  /** The label, or empty where nothing is recognised. Only words of ours come out. */
  static String of(AuthCall call) {
    String header = call.header("user-agent");
    if (header == null || header.length() > MAX_HEADER) {
      return "";
    }
    Optional<String> browser = first(BROWSERS, header);
    Optional<String> system = first(SYSTEMS, header);
    return browser.isPresent() && system.isPresent()
        ? browser.get() + " · " + system.get()
        : browser.or(() -> system).orElse("");
  }

  private static Optional<String> first(List<Map.Entry<String, String>> known, String header) {
    return known.stream()
        .filter(k -> header.contains(k.getKey()))
        .map(Map.Entry::getValue)
        .findFirst();
  }
}
