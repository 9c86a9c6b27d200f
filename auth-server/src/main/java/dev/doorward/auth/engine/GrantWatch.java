package dev.doorward.auth.engine;

import dev.doorward.common.identity.ServiceName;
import dev.doorward.common.identity.Subject;
import java.util.Collection;
import java.util.Set;

/**
 * Keeps a copy of what is not revoked. Called one change at a time, in the order of the changes,
 * under a lock of the one who calls; it must not block.
 */
public interface GrantWatch {
  /**
   * Whoever may use something: a person, or a client by itself.
   *
   * @param all every service, existing or not
   */
  record Holder(Subject subject, boolean all, Set<ServiceName> services) {
    /** Copies the services. */
    public Holder {
      services = Set.copyOf(services);
    }
  }

  /** These are all that there are now. */
  void holders(Collection<Holder> holders);

  /** These grants exist from now on. */
  void begun(Collection<String> grants);

  /** These grants are no more. */
  void ended(Collection<String> grants);
}
