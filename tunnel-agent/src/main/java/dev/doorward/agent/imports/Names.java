package dev.doorward.agent.imports;

import dev.doorward.common.identity.ServiceName;
import java.util.Locale;
import java.util.Set;

/** Makes the names of services from what clients call servers. Pure. */
final class Names {
  private static final int MOST = 32;

  private Names() {}

  /** A valid name that is not taken, as near to {@code called} as can be. */
  static ServiceName of(String called, Set<ServiceName> taken) {
    String plain =
        called.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]+", "-").replaceAll("^-+", "");
    if (plain.isEmpty() || !Character.isLetter(plain.charAt(0))) {
      plain = "server-" + plain;
    }
    for (int number = 1; ; number++) {
      String end = number == 1 ? "" : "-" + number;
      String start = plain.substring(0, Math.min(plain.length(), MOST - end.length()));
      String name = start.replaceAll("-+$", "") + end;
      if (ServiceName.isValid(name) && !taken.contains(new ServiceName(name))) {
        return new ServiceName(name);
      }
    }
  }
}
