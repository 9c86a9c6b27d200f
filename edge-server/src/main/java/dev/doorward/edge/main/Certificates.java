package dev.doorward.edge.main;

import dev.doorward.common.identity.Issuer;
import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Problem;
import dev.doorward.common.outcome.Reason;
import dev.doorward.config.edge.TlsConfig;
import dev.doorward.edge.auth.AuthBridge;
import dev.doorward.edge.cert.AcmeCertificates;
import dev.doorward.edge.cert.PemFiles;
import dev.doorward.transport.tls.LiveContexts;
import dev.doorward.transport.tls.TlsContexts;
import dev.doorward.transport.tls.TlsIdentity;
import dev.doorward.transport.tls.TlsProvider;
import io.netty.handler.ssl.SslContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.SSLException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The certificates of the public port: one that was got by ACME, the operator's files, read again
 * when they change, or ones of the internal CA, made anew long before they end. Those of links are
 * always of the internal CA. Blocks.
 */
final class Certificates {
  private static final Logger LOG = LoggerFactory.getLogger(Certificates.class);
  private static final Duration INTERNAL_FOR = Duration.ofDays(30);

  private final TlsConfig config;
  private final Issuer issuer;
  private final AuthBridge auth;
  private final InstantSource clock;
  private final TlsContexts factory = new TlsContexts(TlsProvider.best());
  private final LiveContexts live;

  /** What ACME has got, while ACME is on. */
  private Optional<TlsIdentity> fetched;

  private Instant internalSince;
  private Optional<FileTime> filesSince;

  private Certificates(
      TlsConfig config,
      Issuer issuer,
      AuthBridge auth,
      InstantSource clock,
      Optional<FileTime> filesSince,
      Optional<TlsIdentity> fetched,
      LiveContexts.Snapshot first) {
    this.config = config;
    this.issuer = issuer;
    this.auth = auth;
    this.clock = clock;
    this.internalSince = clock.instant();
    this.filesSince = filesSince;
    this.fetched = fetched;
    this.live = new LiveContexts(first);
  }

  /** Reads or makes what is needed; {@code dataDir} has what ACME got before. */
  static Outcome<Certificates> open(
      TlsConfig config, Issuer issuer, AuthBridge auth, InstantSource clock, Path dataDir) {
    Optional<FileTime> since = changed(config);
    Optional<TlsIdentity> kept =
        config.acme().acceptTerms() ? AcmeCertificates.kept(dataDir) : Optional.empty();
    return snapshot(config, issuer, auth, new TlsContexts(TlsProvider.best()), kept)
        .then(
            first -> Outcome.ok(new Certificates(config, issuer, auth, clock, since, kept, first)));
  }

  /** What connections are served with. */
  LiveContexts contexts() {
    return live;
  }

  /** Where the public certificate comes from: acme, files or internal. */
  String source() {
    if (config.acme().acceptTerms()) {
      return "acme";
    }
    return config.certificate().isPresent() ? "files" : "internal";
  }

  /** When the operator's certificate ends, empty where there is none. */
  Optional<Instant> ends() {
    Optional<TlsIdentity> open =
        config.certificate().isPresent() && config.key().isPresent()
            ? PemFiles.read(config.certificate().get(), config.key().get())
                    instanceof Outcome.Ok<TlsIdentity>(TlsIdentity identity)
                ? Optional.of(identity)
                : Optional.empty()
            : Optional.empty();
    return open.map(identity -> identity.chain().getFirst().getNotAfter().toInstant());
  }

  /** From the next connection on, clients see {@code identity}. */
  synchronized void use(TlsIdentity identity) {
    fetched = Optional.of(identity);
    renew(filesSince);
  }

  /** Looks whether something is to be replaced; keeps what is there where it cannot be. */
  synchronized void maintain() {
    Optional<FileTime> since = changed(config);
    boolean files = !since.equals(filesSince);
    if (files || !clock.instant().isBefore(internalSince.plus(INTERNAL_FOR))) {
      renew(since);
    }
  }

  private void renew(Optional<FileTime> since) {
    switch (snapshot(config, issuer, auth, factory, fetched)) {
      case Outcome.Ok<LiveContexts.Snapshot>(LiveContexts.Snapshot next) -> {
        live.swap(next);
        internalSince = clock.instant();
        filesSince = since;
        LOG.atInfo().addKeyValue("event", "certificate_replaced").log("new connections use it");
      }
      case Outcome.Failed<LiveContexts.Snapshot>(Problem problem) -> {
        filesSince = since; // told once for each change
        LOG.atError()
            .addKeyValue("event", "certificate_not_replaced")
            .addKeyValue("reason", problem.reason())
            .log(problem.text());
      }
    }
  }

  private static Optional<FileTime> changed(TlsConfig config) {
    if (config.certificate().isEmpty() || config.key().isEmpty()) {
      return Optional.empty();
    }
    try {
      FileTime certificate = Files.getLastModifiedTime(config.certificate().get());
      FileTime key = Files.getLastModifiedTime(config.key().get());
      return Optional.of(certificate.compareTo(key) > 0 ? certificate : key);
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  private static Outcome<LiveContexts.Snapshot> snapshot(
      TlsConfig config,
      Issuer issuer,
      AuthBridge auth,
      TlsContexts factory,
      Optional<TlsIdentity> fetched) {
    Set<String> names = names(config, issuer);
    if (config.acme().acceptTerms()) {
      return contexts(fetched, names, auth, factory);
    }
    Optional<Path> certificate = config.certificate();
    Optional<Path> key = config.key();
    Outcome<TlsIdentity> identity =
        certificate.isPresent() && key.isPresent()
            ? PemFiles.read(certificate.get(), key.get())
            : Outcome.ok(auth.publicIdentity());
    return identity.then(open -> contexts(Optional.of(open), names, auth, factory));
  }

  private static Outcome<LiveContexts.Snapshot> contexts(
      Optional<TlsIdentity> open, Set<String> names, AuthBridge auth, TlsContexts factory) {
    try {
      TlsIdentity internal = auth.linkIdentity();
      Optional<SslContext> publicContext =
          open.isPresent() ? Optional.of(factory.publicServer(open.get())) : Optional.empty();
      return Outcome.ok(
          new LiveContexts.Snapshot(
              publicContext,
              names,
              factory.linkServer(internal, auth.root()),
              factory.enrolServer(internal)));
    } catch (SSLException e) {
      return Outcome.failed(
          Reason.CONFIG_VALUE_REFUSED, "TLS does not take the certificate: " + e.getMessage());
    }
  }

  /** The names that clients ask for; any where it is one that clients send no server name for. */
  private static Set<String> names(TlsConfig config, Issuer issuer) {
    String host = issuer.host();
    boolean named = host.contains(".") && !host.startsWith("[") && !host.matches("[0-9.]+");
    if (!named) {
      return Set.of();
    }
    return config.acme().acceptTerms()
        ? new HashSet<>(AcmeCertificates.names(config.acme(), issuer))
        : Set.of(host);
  }
}
