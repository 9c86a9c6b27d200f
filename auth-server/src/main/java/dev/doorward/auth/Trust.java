package dev.doorward.auth;

import dev.doorward.auth.ca.CertificateAuthority;
import dev.doorward.auth.ca.StoredAuthority;
import dev.doorward.auth.enrol.AgentDirectory;
import dev.doorward.auth.enrol.AgentTable;
import dev.doorward.auth.enrol.Enrolment;
import dev.doorward.auth.enrol.StoredEnrolment;
import dev.doorward.auth.store.Database;
import dev.doorward.auth.store.Sealer;
import dev.doorward.auth.token.KeySchedule;
import dev.doorward.auth.token.TokenKeys;
import dev.doorward.common.audit.AuditSink;
import dev.doorward.common.identity.Issuer;
import dev.doorward.common.outcome.Outcome;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.InstantSource;

/**
 * The keys of an installation and the agents that it trusts, over one database.
 *
 * @param keys somebody calls {@link TokenKeys#maintain} once an hour
 */
public record Trust(
    CertificateAuthority authority, TokenKeys keys, AgentDirectory agents, Enrolment enrolment) {

  /**
   * Opens everything, and makes what is missing at the first start. Blocks. The database stays the
   * caller's.
   *
   * @param dataDir where {@code seal.key} lies, locked by the caller
   */
  public static Outcome<Trust> open(
      Database database,
      Path dataDir,
      Issuer issuer,
      KeySchedule schedule,
      AuditSink audit,
      InstantSource clock,
      SecureRandom random) {
    return Sealer.open(dataDir, random)
        .then(sealer ->
            StoredAuthority.open(database, sealer, clock, random)
                .then(authority ->
                    TokenKeys.open(
                            database, sealer, authority, issuer, schedule, audit, clock, random)
                        .then(keys -> {
                          var agents = new AgentTable(database, audit, clock);
                          var enrolment =
                              new StoredEnrolment(
                                  database,
                                  agents,
                                  authority,
                                  issuer,
                                  StoredEnrolment.RENEWAL_GRACE,
                                  audit,
                                  clock,
                                  random);
                          return Outcome.ok(new Trust(authority, keys, agents, enrolment));
                        })));
  }
}
