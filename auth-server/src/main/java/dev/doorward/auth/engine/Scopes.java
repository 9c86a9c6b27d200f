package dev.doorward.auth.engine;

import dev.doorward.common.identity.ServiceName;
import dev.doorward.config.edge.AuthPart;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The scopes that exist: {@link #MCP}, the use of a service, which everybody gets, and those that
 * the operator declares for tools of one service.
 *
 * @param declared in the order of their names
 */
public record Scopes(List<Declared> declared) {
  /** Use of a service; the smallest scope and the default. */
  public static final String MCP = "mcp";

  /**
   * A scope of the operator's.
   *
   * @param text what it permits, for people
   */
  public record Declared(String name, ServiceName service, String text) {}

  /** Copies the scopes. */
  public Scopes {
    declared = List.copyOf(declared);
  }

  /** As the configuration says. */
  public static Scopes of(AuthPart config) {
    return new Scopes(
        config.scopes().entrySet().stream()
            .map(e ->
                new Declared(e.getKey().value(), e.getValue().service(), e.getValue().describe()))
            .sorted(Comparator.comparing(Declared::name))
            .toList());
  }

  /**
   * All of them, as metadata lists them: the same in every document, so that none tells which
   * services exist.
   */
  public List<String> supported() {
    return Stream.concat(Stream.of(MCP), declared.stream().map(Declared::name)).toList();
  }

  /** Those that are declared for a service. */
  public List<Declared> of(ServiceName service) {
    return declared.stream().filter(scope -> scope.service().equals(service)).toList();
  }

  /**
   * What a client gets that asks for {@code requested} at a service: the default and those of the
   * service; others are left out (RFC 6749 section 3.3), and the token response names the result.
   */
  public String granted(String requested, ServiceName service) {
    Set<String> asked = Set.of(distinct(requested).split(" "));
    List<String> all = new ArrayList<>(List.of(MCP));
    of(service).stream().map(Declared::name).filter(asked::contains).forEach(all::add);
    return String.join(" ", all);
  }

  /** What two of them permit together. */
  public String union(String one, String other, ServiceName service) {
    return granted(one + " " + other, service);
  }

  /** Whether two texts name the same scopes. */
  public static boolean same(String one, String other) {
    return within(one, other) && within(other, one);
  }

  /** The same scopes, each once. */
  public static String distinct(String scopes) {
    return new LinkedHashSet<>(Arrays.asList(scopes.split(" ")))
        .stream().collect(Collectors.joining(" "));
  }

  /** Whether {@code requested} stays within {@code granted}. */
  public static boolean within(String requested, String granted) {
    return Arrays.asList(granted.split(" ")).containsAll(Arrays.asList(requested.split(" ")));
  }
}
