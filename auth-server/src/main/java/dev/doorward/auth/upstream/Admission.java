package dev.doorward.auth.upstream;

import dev.doorward.config.edge.UpstreamConfig;

/**
 * Whether an operator's lists let an account in. Pure; where nothing is listed, nobody comes in.
 */
final class Admission {
  private Admission() {}

  static boolean allows(UpstreamConfig config, Account account) {
    return account
            .email()
            .filter(email -> config.allowEmails().stream().anyMatch(email::equalsIgnoreCase))
            .isPresent()
        || account
            .domain()
            .filter(domain ->
                config.allowDomains().stream()
                    .anyMatch(allowed -> allowed.value().equalsIgnoreCase(domain)))
            .isPresent()
        || config.allowGroups().stream().anyMatch(account.groups()::contains)
        || config.allowOrganisations().stream().anyMatch(account.organisations()::contains);
  }
}
