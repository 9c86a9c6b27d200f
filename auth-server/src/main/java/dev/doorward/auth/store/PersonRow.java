package dev.doorward.auth.store;

import dev.doorward.common.identity.ServiceName;
import dev.doorward.common.identity.Subject;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * A person.
 *
 * @param name lower case
 * @param password argon2id in PHC form; empty until the setup link was used
 */
public record PersonRow(
    Subject subject,
    String name,
    boolean owner,
    Set<ServiceName> services,
    Optional<String> password,
    Instant createdAt) {
  /** Copies the services. */
  public PersonRow {
    services = Set.copyOf(services);
  }

  /** Whether this person may use {@code service}, existing or not. */
  public boolean mayUse(ServiceName service) {
    return owner || services.contains(service);
  }
}
