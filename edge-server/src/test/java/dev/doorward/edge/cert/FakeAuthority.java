package dev.doorward.edge.cert;

import dev.doorward.common.outcome.Problem;
import dev.doorward.common.outcome.Reason;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** An authority that does as it is told and writes down what it was asked. */
final class FakeAuthority implements Authority {
  /** An order and when it came. */
  record Asked(Instant at, CertificateOrder order) {}

  final List<Asked> asked = new ArrayList<>();
  final List<Instant> advised = new ArrayList<>();
  private final String name;
  private final InstantSource clock;
  @Nullable Reason failing;
  Optional<Instant> retryAt = Optional.empty();
  Optional<Advice> advice = Optional.empty();
  Duration life = Duration.ofDays(90);

  FakeAuthority(String name, InstantSource clock) {
    this.name = name;
    this.clock = clock;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public Issuance issue(CertificateOrder order) {
    asked.add(new Asked(clock.instant(), order));
    return failing == null
        ? new Issuance.Done(TestCertificate.of(order.names(), clock.instant(), life))
        : new Issuance.Failed(new Problem(failing, "It does not work."), retryAt);
  }

  @Override
  public Optional<Advice> advice(X509Certificate certificate) {
    advised.add(clock.instant());
    return advice;
  }
}
