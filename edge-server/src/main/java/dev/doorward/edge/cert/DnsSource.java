package dev.doorward.edge.cert;

import dev.doorward.config.edge.AcmeDnsConfig;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.random.RandomGenerator;

/** Which way records are made. */
final class DnsSource {
  private DnsSource() {}

  /** As the configuration says; empty where it says nothing. */
  static Optional<DnsRecords> of(
      AcmeDnsConfig config, InstantSource clock, RandomGenerator random) {
    Patience.Pause pause = time -> TimeUnit.MILLISECONDS.sleep(time.toMillis());
    if (config.command().isPresent()) {
      return Optional.of(
          new DnsCommand(config.command().get(), config.timeout(), config.propagation(), pause));
    }
    if (config.server().isPresent()
        && config.zone().isPresent()
        && config.keyName().isPresent()
        && config.key().isPresent()) {
      byte[] secret = Base64.getDecoder().decode(config.key().get().reveal());
      return Optional.of(
          new DnsUpdate(
              new DnsUpdate.Server(
                  config.server().get(),
                  config.zone().get().value(),
                  config.timeout(),
                  config.propagation()),
              new Tsig(config.keyName().get(), secret, config.algorithm()),
              clock,
              random,
              pause));
    }
    return Optional.empty();
  }
}
