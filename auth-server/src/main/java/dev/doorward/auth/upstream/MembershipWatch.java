package dev.doorward.auth.upstream;

import dev.doorward.auth.engine.Ground;
import dev.doorward.auth.login.Eviction;
import dev.doorward.auth.store.Sealer;
import dev.doorward.auth.store.UpstreamStore;
import dev.doorward.auth.store.UpstreamStore.Identity;
import dev.doorward.common.outcome.Outcome;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks again, every few minutes, about accounts that came in because their organisation is on a
 * list: who is a member no more is signed out everywhere and loses every grant. While a provider
 * does not answer, nothing changes for who is in.
 */
public final class MembershipWatch {
  /** What tokens are sealed for. */
  static final String PURPOSE = "upstream membership";

  private static final Logger log = LoggerFactory.getLogger(MembershipWatch.class);
  private static final Duration EVERY = Duration.ofMinutes(5);
  private static final int AT_A_TIME = 200;

  private final Ground ground;
  private final Sealer sealer;
  private final Providers providers;
  private final Eviction eviction;
  private final AtomicBoolean running = new AtomicBoolean();

  MembershipWatch(Ground ground, Sealer sealer, Providers providers, Eviction eviction) {
    this.ground = ground;
    this.sealer = sealer;
    this.providers = providers;
    this.eviction = eviction;
  }

  /** Asks about who was not asked about for five minutes. Blocks; one run at a time. */
  public void run() {
    if (!running.compareAndSet(false, true)) {
      return;
    }
    try {
      Instant before = ground.clock().instant().minus(EVERY);
      List<Identity> due = ground.transact(h -> UpstreamStore.unconfirmed(h, before, AT_A_TIME));
      Set<String> silent = new HashSet<>();
      for (Identity identity : due) {
        // One that does not answer is not waited for again in the same run.
        if (!silent.contains(identity.provider()) && ask(identity) == Provider.Standing.UNKNOWN) {
          silent.add(identity.provider());
        }
      }
    } finally {
      running.set(false);
    }
  }

  private Provider.Standing ask(Identity identity) {
    Optional<Providers.Named> provider = providers.find(identity.provider());
    Provider.Standing standing =
        provider.isEmpty()
            ? Provider.Standing.GONE
            : token(identity).map(provider.get().provider()::ask).orElse(Provider.Standing.GONE);
    switch (standing) {
      case MEMBER ->
          ground.change(h -> UpstreamStore.confirmed(h, identity.id(), ground.clock().instant()));
      case GONE -> {
        ground.change(h -> UpstreamStore.forgetToken(h, identity.id()));
        eviction.evict(
            identity.subject(),
            "upstream_membership_lost",
            Map.of("subject", identity.subject().value(), "provider", identity.provider()));
      }
      case UNKNOWN ->
          log.atWarn()
              .addKeyValue("event", "upstream_membership_unknown")
              .addKeyValue("provider", identity.provider())
              .log("a provider does not say who is a member; who is in stays in for now");
    }
    return standing;
  }

  private Optional<String> token(Identity identity) {
    return identity
        .token()
        .flatMap(sealed ->
            switch (sealer.open(PURPOSE, sealed)) {
              case Outcome.Ok<byte[]>(byte[] plain) ->
                  Optional.of(new String(plain, StandardCharsets.UTF_8));
              case Outcome.Failed<byte[]> _ -> Optional.empty();
            });
  }
}
