package dev.doorward.edge.cert;

import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Problem;
import dev.doorward.common.outcome.Reason;
import dev.doorward.transport.tls.LiveContexts;
import dev.doorward.transport.tls.TlsContexts;
import dev.doorward.transport.tls.TlsProvider;
import java.time.InstantSource;
import java.util.Optional;
import javax.net.ssl.SSLException;

/** Answers where this edge listens, and in the DNS where it was told how. */
final class PublicAnswers implements ChallengeAnswers {
  private final TlsContexts factory = new TlsContexts(TlsProvider.best());
  private final LiveContexts port;
  private final Optional<ChallengePages> pages;
  private final Optional<DnsRecords> dns;
  private final InstantSource clock;

  /**
   * Answers of one edge.
   *
   * @param pages empty where nothing listens for http-01
   * @param dns empty where nobody said how records are made
   */
  PublicAnswers(
      LiveContexts port,
      Optional<ChallengePages> pages,
      Optional<DnsRecords> dns,
      InstantSource clock) {
    this.port = port;
    this.pages = pages;
    this.dns = dns;
    this.clock = clock;
  }

  @Override
  public Outcome<Placed> page(String token, String authorization) {
    if (pages.isEmpty()) {
      return Outcome.failed(
          Reason.ACME_VALIDATION_FAILED,
          "http-01 cannot be answered, because tls.acme.http-listen could not be opened.");
    }
    pages.get().put(token, authorization);
    return Outcome.ok(() -> pages.get().remove(token));
  }

  @Override
  public Outcome<Placed> handshake(String name, byte[] digest) {
    String serverName = ChallengeCertificate.serverName(name);
    try {
      port.offer(
          serverName,
          factory.challengeServer(ChallengeCertificate.of(name, digest, clock.instant())));
      return Outcome.ok(() -> port.withdraw(serverName));
    } catch (SSLException e) {
      return Outcome.failed(Reason.INTERNAL, "TLS does not take the challenge's certificate.");
    }
  }

  @Override
  public Outcome<Placed> record(String record, String value) {
    if (dns.isEmpty()) {
      return Outcome.failed(
          Reason.ACME_VALIDATION_FAILED, "dns-01 needs tls.acme.dns.command or server.");
    }
    DnsRecords records = dns.get();
    Optional<Problem> problem = records.add(record, value);
    return problem.isPresent()
        ? Outcome.failed(problem.get())
        : Outcome.ok(() -> records.remove(record, value));
  }
}
