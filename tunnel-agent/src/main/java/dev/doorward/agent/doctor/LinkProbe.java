package dev.doorward.agent.doctor;

import dev.doorward.agent.identity.AgentIdentity;
import dev.doorward.agent.link.EdgeProbe;
import dev.doorward.common.identity.ServiceName;
import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Problem;
import dev.doorward.common.outcome.Reason;
import dev.doorward.common.token.KeyStatement;
import dev.doorward.transport.link.AgentLinkSession;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** One link that offers nothing and ends as soon as the edge has welcomed it. */
final class LinkProbe implements EdgeProbe.ProbeListener {
  private final AgentIdentity identity;
  private final InstantSource clock;
  private final CompletableFuture<Outcome<String>> end = new CompletableFuture<>();

  LinkProbe(AgentIdentity identity, InstantSource clock) {
    this.identity = identity;
    this.clock = clock;
  }

  @Override
  public CompletableFuture<Outcome<String>> end() {
    return end;
  }

  @Override
  public CompletionStage<Optional<Problem>> onHello(String issuer, String keys) {
    return CompletableFuture.supplyAsync(() ->
        switch (KeyStatement.verify(
            keys, identity.root(), Optional.of(identity.issuer()), clock.instant())) {
          case Outcome.Ok<KeyStatement> ok -> Optional.empty();
          case Outcome.Failed<KeyStatement>(Problem problem) -> Optional.of(problem);
        });
  }

  @Override
  public void onUp(AgentLinkSession link, String name, Set<ServiceName> granted) {
    end.complete(Outcome.ok("the edge takes links of this agent"));
    link.close(new Problem(Reason.SHUTTING_DOWN, "The doctor has seen enough."));
  }

  @Override
  public void onDown(Problem problem) {
    end.complete(Outcome.failed(problem));
  }

  @Override
  public void onGranted(Set<ServiceName> granted) {
    // It offers nothing.
  }

  @Override
  public void onKeys(String keys) {
    // The next link brings them.
  }

  @Override
  public void onRenewed(List<byte[]> chain) {
    // It asks for none.
  }

  @Override
  public void onRenewalRefused(Problem problem) {
    // It asks for none.
  }

  @Override
  public void onDrain(AgentLinkSession link) {
    // It goes anyway.
  }
}
