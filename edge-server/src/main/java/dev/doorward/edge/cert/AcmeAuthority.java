package dev.doorward.edge.cert;

import dev.doorward.common.outcome.Problem;
import dev.doorward.common.outcome.Reason;
import java.io.IOException;
import java.net.URI;
import java.security.KeyPair;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;
import org.shredzone.acme4j.AccountBuilder;
import org.shredzone.acme4j.Authorization;
import org.shredzone.acme4j.Identifier;
import org.shredzone.acme4j.Login;
import org.shredzone.acme4j.Order;
import org.shredzone.acme4j.OrderBuilder;
import org.shredzone.acme4j.RenewalInfo;
import org.shredzone.acme4j.Session;
import org.shredzone.acme4j.Status;
import org.shredzone.acme4j.connector.Resource;
import org.shredzone.acme4j.exception.AcmeException;
import org.shredzone.acme4j.exception.AcmeServerException;
import org.shredzone.acme4j.exception.AcmeUnauthorizedException;

/**
 * An authority that speaks ACME (RFC 8555), asked through acme4j. An order takes two minutes at the
 * most for each of its steps. One thread at a time.
 */
final class AcmeAuthority implements Authority {
  private static final Duration REQUEST = Duration.ofSeconds(20);
  private static final String ALREADY_REPLACED = "urn:ietf:params:acme:error:alreadyReplaced";

  /**
   * Where an authority is and who we are there.
   *
   * @param contact e-mail address
   * @param eabKeyId and {@code eabKey}, base64url: the external account, or both null
   * @param trust of the directory's own certificate; null for the platform's CAs
   */
  record Access(
      URI directory,
      Optional<String> contact,
      @Nullable String eabKeyId,
      @Nullable String eabKey,
      @Nullable SSLContext trust) {
    @Override
    public String toString() {
      return directory.toString();
    }
  }

  private final Access access;
  private final CertificateFiles files;
  private final ChallengeAnswers answers;
  private final Patience patience;
  private final InstantSource clock;
  private final ListeningProvider provider;
  private final Session session;

  AcmeAuthority(
      Access access,
      CertificateFiles files,
      ChallengeAnswers answers,
      Patience patience,
      InstantSource clock) {
    this.access = access;
    this.files = files;
    this.answers = answers;
    this.patience = patience;
    this.clock = clock;
    this.provider = new ListeningProvider(access.trust());
    this.session = new Session(access.directory(), provider);
    session.networkSettings().setTimeout(REQUEST);
  }

  @Override
  public String name() {
    return access.directory().toString();
  }

  @Override
  public Issuance issue(CertificateOrder order) {
    provider.forget();
    try {
      return new Issuance.Done(certificate(order));
    } catch (Refused e) {
      return failed(e.problem());
    } catch (AcmeException | IOException | RuntimeException e) {
      return failed(AcmeProblems.of(e, name()));
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return failed(new Problem(Reason.SHUTTING_DOWN, "The process ends."));
    }
  }

  private Issuance failed(Problem problem) {
    return new Issuance.Failed(problem, provider.retryAt());
  }

  private dev.doorward.transport.tls.TlsIdentity certificate(CertificateOrder wanted)
      throws AcmeException, IOException, InterruptedException {
    session.purgeDirectoryCache();
    Login login = login();
    Order order = order(login, wanted);
    var proof = new NameProof(answers, patience, wanted.challenge());
    for (Authorization name : order.getAuthorizations()) {
      if (name.getStatus() != Status.VALID) {
        proof.prove(name);
      }
    }
    patience.until(order, Status.READY, Status.VALID);
    KeyPair key = EcKeys.make();
    order.execute(key);
    if (patience.until(order, Status.VALID) != Status.VALID) {
      throw new Refused(
          Reason.ACME_REFUSED,
          order
              .getError()
              .map(AcmeProblems::text)
              .orElse("The authority did not finish the order."));
    }
    List<X509Certificate> chain = order.getCertificate().getCertificateChain();
    return IssuedCheck.check(chain, key, wanted.names(), clock.instant());
  }

  /** Finds the account of our key, or opens it. */
  private Login login() throws AcmeException, IOException {
    var account = new AccountBuilder().agreeToTermsOfService().useKeyPair(files.accountKey(name()));
    access.contact().ifPresent(account::addEmail);
    if (access.eabKeyId() != null && access.eabKey() != null) {
      account.withKeyIdentifier(access.eabKeyId(), access.eabKey());
    }
    try {
      return account.createLogin(session);
    } catch (AcmeUnauthorizedException e) {
      // Closed by somebody: the key is worth nothing any more (RFC 8555 section 7.3.6).
      files.setAside(name());
      throw new Refused(
          Reason.ACME_REFUSED,
          "The account at the authority is closed ("
              + AcmeProblems.text(e.getProblem())
              + "); the next attempt opens another one.");
    }
  }

  private Order order(Login login, CertificateOrder wanted) throws AcmeException {
    boolean renewals = session.resourceUrlOptional(Resource.RENEWAL_INFO).isPresent();
    if (renewals && wanted.replaces().isPresent()) {
      try {
        return builder(login, wanted).replaces(wanted.replaces().get()).create();
      } catch (AcmeServerException e) {
        if (!ALREADY_REPLACED.equals(e.getType().toString())) {
          throw e;
        }
      }
    }
    return builder(login, wanted).create();
  }

  private OrderBuilder builder(Login login, CertificateOrder wanted) throws AcmeException {
    OrderBuilder builder = login.newOrder();
    for (String name : wanted.names()) {
      builder.identifier(
          CertificateNames.isAddress(name) ? Identifier.ip(name) : Identifier.dns(name));
    }
    if (wanted.profile().isPresent()
        && session.getMetadata().isProfileAllowed(wanted.profile().get())) {
      builder.profile(wanted.profile().get());
    }
    return builder;
  }

  @Override
  public Optional<Advice> advice(X509Certificate certificate) {
    try {
      if (session.resourceUrlOptional(Resource.RENEWAL_INFO).isEmpty()) {
        return Optional.empty();
      }
      // No account is needed to ask; acme4j wants one to hold the session.
      var login = session.login(access.directory().toURL(), files.accountKey(name()));
      RenewalInfo info = login.bindRenewalInfo(certificate);
      Optional<Instant> retry = info.fetch();
      var window = new RenewalWindow(info.getSuggestedWindowStart(), info.getSuggestedWindowEnd());
      return Optional.of(
          new Advice(
              window,
              retry.map(at -> Duration.between(clock.instant(), at)).orElse(Duration.ofHours(6))));
    } catch (AcmeException | IOException | RuntimeException e) {
      return Optional.empty(); // asked again later; without an answer the certificate's life counts
    }
  }
}
