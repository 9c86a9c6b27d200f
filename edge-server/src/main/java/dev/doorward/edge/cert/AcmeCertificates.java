package dev.doorward.edge.cert;

import dev.doorward.common.identity.Issuer;
import dev.doorward.common.identity.Secret;
import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Reason;
import dev.doorward.config.edge.AcmeChallenge;
import dev.doorward.config.edge.AcmeConfig;
import dev.doorward.config.value.HttpUrl;
import dev.doorward.transport.loop.EventLoops;
import dev.doorward.transport.tls.LiveContexts;
import dev.doorward.transport.tls.TlsIdentity;
import io.netty.channel.ChannelHandler;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The public certificate by ACME, of one edge: its plain port, its thread, its keeper. The thread
 * sleeps between two looks and does one order at a time.
 */
public final class AcmeCertificates implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(AcmeCertificates.class);
  private static final Duration STEP_LIMIT = Duration.ofMinutes(2);
  private static final long LOOK_SECONDS = 20;
  private static final String SHORT_LIVED = "shortlived";

  /** What certificates concern of the rest of the edge. */
  public record Surroundings(
      Issuer issuer,
      Path dataDir,
      LiveContexts port,
      EventLoops loops,
      ChannelHandler connectionLimit,
      InstantSource clock,
      RandomGenerator random) {}

  /**
   * How the public certificate is doing, for the operator.
   *
   * @param ends empty where there is none yet
   * @param renewal when it is renewed
   * @param nextAttempt no attempt before
   * @param reason why the last attempt failed, empty where it did not
   */
  public record Standing(
      List<String> names,
      Optional<Instant> ends,
      Optional<Instant> renewal,
      Optional<Instant> nextAttempt,
      String authority,
      int failures,
      long attempts,
      String reason,
      String text) {}

  private final List<String> names;
  private final Optional<PlainPort> plain;
  private final CertificateKeeper keeper;
  private final ScheduledExecutorService thread;

  private AcmeCertificates(
      List<String> names,
      Optional<PlainPort> plain,
      CertificateKeeper keeper,
      ScheduledExecutorService thread) {
    this.names = names;
    this.plain = plain;
    this.keeper = keeper;
    this.thread = thread;
  }

  /** The certificate that an earlier run got, whatever its age. */
  public static Optional<TlsIdentity> kept(Path dataDir) {
    try {
      return CertificateFiles.in(dataDir).certificate();
    } catch (IOException e) {
      return Optional.empty();
    }
  }

  /**
   * Begins to keep a certificate.
   *
   * @param serve told of each new one, from a thread of its own
   */
  public static Outcome<AcmeCertificates> start(
      AcmeConfig config, Surroundings around, Consumer<TlsIdentity> serve) {
    List<String> names = names(config, around.issuer());
    CertificateFiles files;
    List<AcmeAuthority.Access> accesses = new ArrayList<>();
    try {
      files = CertificateFiles.in(around.dataDir());
      accesses.add(
          access(
              config.asked(), config.contact(), config.eabKeyId(), config.eabKey(), config.ca()));
      if (config.second().directory().isPresent()) {
        accesses.add(
            access(
                config.second().directory().get(),
                config.contact(),
                config.second().eabKeyId(),
                config.second().eabKey(),
                config.second().ca()));
      }
    } catch (IOException e) {
      return Outcome.failed(
          Reason.FILE_UNREADABLE, "tls.acme: " + String.valueOf(e.getMessage()) + ".");
    }
    var pages = new ChallengePages();
    Optional<PlainPort> plain = plain(config, around, pages, names);
    var answers =
        new PublicAnswers(
            around.port(),
            plain.map(_ -> pages),
            DnsSource.of(config.dns(), around.clock(), around.random()),
            around.clock());
    var patience =
        new Patience(
            around.clock(), time -> TimeUnit.MILLISECONDS.sleep(time.toMillis()), STEP_LIMIT);
    List<Authority> authorities = new ArrayList<>();
    for (AcmeAuthority.Access access : accesses) {
      authorities.add(new AcmeAuthority(access, files, answers, patience, around.clock()));
    }
    Optional<String> profile =
        config.profile().isEmpty() && names.stream().anyMatch(CertificateNames::isAddress)
            ? Optional.of(SHORT_LIVED)
            : config.profile();
    var keeper =
        new CertificateKeeper(
            new CertificateKeeper.Wanted(names, profile, challenges(config, plain), authorities),
            files,
            serve,
            around.clock(),
            around.random());
    ScheduledExecutorService thread =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("certificates").daemon(true).factory());
    var started = new AcmeCertificates(names, plain, keeper, thread);
    thread.scheduleWithFixedDelay(started::look, 0, LOOK_SECONDS, TimeUnit.SECONDS);
    return Outcome.ok(started);
  }

  /** The names of the certificate: the host of the public URL, and what was configured. */
  public static List<String> names(AcmeConfig config, Issuer issuer) {
    String host = issuer.host().replace("[", "").replace("]", "");
    Set<String> names = new java.util.LinkedHashSet<>();
    names.add(
        CertificateNames.isAddress(host) ? InetAddress.ofLiteral(host).getHostAddress() : host);
    config.names().forEach(name -> names.add(name.toLowerCase(java.util.Locale.ROOT)));
    return List.copyOf(names);
  }

  private static List<AcmeChallenge> challenges(AcmeConfig config, Optional<PlainPort> plain) {
    List<AcmeChallenge> possible =
        config.challenges().stream()
            .filter(c -> c != AcmeChallenge.HTTP_01 || plain.isPresent())
            .toList();
    return possible.isEmpty() ? config.challenges() : possible;
  }

  private static Optional<PlainPort> plain(
      AcmeConfig config, Surroundings around, ChallengePages pages, List<String> names) {
    if (!config.challenges().contains(AcmeChallenge.HTTP_01)) {
      return Optional.empty();
    }
    Set<String> hosts = new HashSet<>(names);
    hosts.add(around.issuer().host());
    Optional<PlainPort> plain =
        PlainPort.open(
            config.httpListen(),
            around.loops(),
            around.connectionLimit(),
            pages,
            hosts,
            around.issuer().value());
    if (plain.isEmpty()) {
      LOG.atWarn()
          .addKeyValue("event", "plain_port_not_opened")
          .addKeyValue("reason", Reason.PORT_IN_USE)
          .addKeyValue("listen", config.httpListen())
          .log(
              "http-01 cannot be answered: another program listens there, or this process may not;"
                  + " the other challenges must do");
    }
    return plain;
  }

  private static AcmeAuthority.Access access(
      HttpUrl directory,
      Optional<String> contact,
      Optional<String> eabKeyId,
      Optional<Secret> eabKey,
      Optional<Path> ca)
      throws IOException {
    return new AcmeAuthority.Access(
        directory.uri(),
        contact,
        eabKeyId.orElse(null),
        eabKey.map(Secret::reveal).orElse(null),
        ca.isPresent() ? TrustFile.read(ca.get()) : null);
  }

  private void look() {
    guarded(keeper::keep);
  }

  private static void guarded(Runnable work) {
    try {
      work.run();
    } catch (RuntimeException e) {
      LOG.atError()
          .addKeyValue("event", "fault")
          .addKeyValue("reason", Reason.INTERNAL)
          .setCause(e)
          .log("looking after the certificate failed");
    }
  }

  /** Tries at once, whatever has failed before. Returns before it is done. */
  public void tryNow() {
    thread.execute(() -> guarded(keeper::orderNow));
  }

  /** How it is doing. */
  public Standing standing() {
    KeeperState state = keeper.state();
    Optional<TlsIdentity> current = keeper.current();
    KeeperState.Tries tries = state.tries();
    return new Standing(
        names,
        current.map(c -> c.chain().getFirst().getNotAfter().toInstant()),
        current.map(_ -> keeper.dueAt()),
        tries.failures() > 0 ? Optional.of(keeper.nextAttempt()) : Optional.empty(),
        state.renewal().issuedBy(),
        tries.failures(),
        state.attempts(),
        tries.reason(),
        tries.text());
  }

  /** The port of http-01; empty where there is none. */
  public Optional<Integer> plainPort() {
    return plain.map(PlainPort::port);
  }

  @Override
  public void close() {
    plain.ifPresent(PlainPort::close);
    thread.shutdownNow();
  }
}
