package dev.doorward.auth.upstream;

import java.util.Optional;
import java.util.Set;

/**
 * An account elsewhere as its provider has just described it.
 *
 * @param issuer with {@code id} the only thing that an account is known by
 * @param id the provider's own identifier
 * @param name what it is called there, for people; empty where nothing fits
 * @param email lower case, only where the provider says that it has verified it
 * @param domain the organisation's domain: a claim of the provider's, or that of {@code email}
 * @param groups as the provider lists them
 * @param organisations those of the operator's list that it is an active member of
 * @param token what membership is asked with again; empty where nothing will be asked
 */
public record Account(
    String issuer,
    String id,
    String name,
    Optional<String> email,
    Optional<String> domain,
    Set<String> groups,
    Set<String> organisations,
    Optional<String> token) {
  /** Copies the sets. */
  public Account {
    groups = Set.copyOf(groups);
    organisations = Set.copyOf(organisations);
  }

  @Override
  public String toString() {
    return "Account of " + issuer;
  }
}
