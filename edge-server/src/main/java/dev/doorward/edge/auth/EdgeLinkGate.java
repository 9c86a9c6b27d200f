package dev.doorward.edge.auth;

import dev.doorward.auth.enrol.AgentDirectory;
import dev.doorward.auth.enrol.AgentEntry;
import dev.doorward.auth.enrol.Enrolment;
import dev.doorward.common.identity.AgentId;
import dev.doorward.common.identity.Fingerprint;
import dev.doorward.common.identity.Issuer;
import dev.doorward.common.identity.ServiceName;
import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Problem;
import dev.doorward.common.outcome.Reason;
import dev.doorward.transport.link.LinkGate;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** What the edge decides about links, by the directory of agents. */
public final class EdgeLinkGate implements LinkGate {
  private static final Problem REVOKED =
      new Problem(
          Reason.AGENT_REVOKED,
          "This agent, or this key of it, was taken off the table of the edge; it needs a new"
              + " invite.");

  private final Issuer issuer;
  private final AgentDirectory directory;
  private final Enrolment enrolment;
  private final Supplier<String> statement;
  private final Executor executor;

  /** Decides by what is handed in; the statement is the newest one. */
  public EdgeLinkGate(
      Issuer issuer,
      AgentDirectory directory,
      Enrolment enrolment,
      Supplier<String> statement,
      Executor executor) {
    this.issuer = issuer;
    this.directory = directory;
    this.enrolment = enrolment;
    this.statement = statement;
    this.executor = executor;
  }

  @Override
  public Optional<Problem> refusal(AgentId agent, Fingerprint key) {
    Optional<AgentEntry> entry = directory.find(agent);
    boolean known = entry.filter(e -> !e.revoked() && e.keys().contains(key)).isPresent();
    return known ? Optional.empty() : Optional.of(REVOKED);
  }

  @Override
  public Set<ServiceName> permitted(AgentId agent, Fingerprint key, Set<ServiceName> offered) {
    return directory
        .find(agent)
        .map(
            entry -> offered.stream().filter(s -> entry.allows(key, s)).collect(Collectors.toSet()))
        .orElse(Set.of());
  }

  @Override
  public Terms terms() {
    return new Terms(issuer, statement.get());
  }

  @Override
  public CompletionStage<Outcome<List<X509Certificate>>> renew(
      AgentId agent, Fingerprint key, byte[] csr) {
    return CompletableFuture.supplyAsync(
        () -> enrolment.renew(agent, key, csr).then(e -> Outcome.ok(e.chain())), executor);
  }
}
