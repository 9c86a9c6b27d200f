package dev.doorward.auth.enrol;

import dev.doorward.common.identity.ServiceName;
import java.util.Set;
import java.util.stream.Collectors;

/** A set of services as one column of text: one a line, sorted; empty text is the empty set. */
final class ServiceList {
  private ServiceList() {}

  static String write(Set<ServiceName> services) {
    return services.stream().map(ServiceName::value).sorted().collect(Collectors.joining("\n"));
  }

  static Set<ServiceName> read(String text) {
    return text.lines().map(ServiceName::new).collect(Collectors.toUnmodifiableSet());
  }
}
