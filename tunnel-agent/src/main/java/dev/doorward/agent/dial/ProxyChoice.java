package dev.doorward.agent.dial;

import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Reason;
import dev.doorward.config.value.ProxyRule;
import dev.doorward.config.value.ProxyServer;
import java.net.InetAddress;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Whether the edge is dialled through a proxy: the configuration decides, and where it says nothing
 * the environment's HTTPS_PROXY and NO_PROXY, in capitals or not. Pure.
 */
public final class ProxyChoice {
  private ProxyChoice() {}

  /** The proxy for {@code host}; refused where the environment names one in a wrong form. */
  public static Outcome<Optional<ProxyServer>> of(
      Optional<ProxyRule> rule, Map<String, String> environment, String host) {
    if (rule.isPresent()) {
      return Outcome.ok(rule.get().server());
    }
    Optional<String> named = variable(environment, "HTTPS_PROXY");
    if (named.isEmpty() || isExempt(variable(environment, "NO_PROXY").orElse(""), host)) {
      return Outcome.ok(Optional.empty());
    }
    Optional<ProxyServer> server = ProxyServer.parse(named.get());
    return server.isPresent()
        ? Outcome.ok(server)
        : Outcome.failed(
            Reason.CONFIG_VALUE_REFUSED,
            "The variable HTTPS_PROXY is not a proxy such as http://proxy.example.com:3128; correct"
                + " it, or say in agent.yaml which proxy to use (proxy: direct for none).");
  }

  private static Optional<String> variable(Map<String, String> environment, String name) {
    return Stream.of(name, name.toLowerCase(Locale.ROOT))
        .map(each -> environment.getOrDefault(each, "").strip())
        .filter(value -> !value.isEmpty())
        .findFirst();
  }

  /** Names count with everything below them; {@code *} is all; this machine needs no proxy. */
  private static boolean isExempt(String list, String host) {
    String name = host.toLowerCase(Locale.ROOT);
    return isLoopback(name)
        || Stream.of(list.split(","))
            .map(entry -> entry.strip().toLowerCase(Locale.ROOT))
            .map(entry -> entry.startsWith("*.") ? entry.substring(1) : entry)
            .map(entry -> entry.startsWith(".") ? entry.substring(1) : entry)
            .filter(entry -> !entry.isEmpty())
            .anyMatch(
                entry -> entry.equals("*") || name.equals(entry) || name.endsWith("." + entry));
  }

  private static boolean isLoopback(String name) {
    try {
      return InetAddress.ofLiteral(name).isLoopbackAddress();
    } catch (IllegalArgumentException e) {
      return name.equals("localhost");
    }
  }
}
