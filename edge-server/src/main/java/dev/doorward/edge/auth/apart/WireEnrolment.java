package dev.doorward.edge.auth.apart;

import dev.doorward.auth.enrol.Enrolment;
import dev.doorward.auth.enrol.SourceNetwork;
import dev.doorward.auth.wire.Answer;
import dev.doorward.auth.wire.Ask;
import dev.doorward.common.identity.AgentId;
import dev.doorward.common.identity.Fingerprint;
import dev.doorward.common.identity.Secret;
import dev.doorward.common.identity.ServiceName;
import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Reason;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/** Agents are let in and their certificates renewed by the auth-server. */
final class WireEnrolment implements Enrolment {
  private final Function<Ask, Outcome<Answer>> asking;

  WireEnrolment(Function<Ask, Outcome<Answer>> asking) {
    this.asking = asking;
  }

  @Override
  public Outcome<Invited> invite(
      AgentId agent, Set<ServiceName> services, Duration life, Optional<SourceNetwork> from) {
    return Outcome.failed(
        Reason.AUTH_SERVER_APART, "Agents are invited at the auth-server, on its own host.");
  }

  @Override
  public Outcome<Enrolled> enrol(String inviteId, Secret secret, byte[] csr, InetAddress from) {
    return asking
        .apply(new Ask.Enrol(inviteId, secret.reveal(), csr, from.getHostAddress()))
        .then(WireEnrolment::enrolled);
  }

  @Override
  public Outcome<Enrolled> revive(AgentId agent, byte[] csr) {
    return asking.apply(new Ask.Revive(agent.value(), csr)).then(WireEnrolment::enrolled);
  }

  @Override
  public Outcome<Enrolled> renew(AgentId agent, Fingerprint currentKey, byte[] csr) {
    return asking
        .apply(new Ask.Renew(agent.value(), currentKey.hex(), csr))
        .then(WireEnrolment::enrolled);
  }

  private static Outcome<Enrolled> enrolled(Answer answer) {
    try {
      return answer.told() instanceof Answer.Chain chain
          ? OwnKey.chain(chain)
              .then(certificates ->
                  Outcome.ok(
                      new Enrolled(
                          new AgentId(chain.agent()),
                          certificates,
                          chain.services().stream()
                              .map(ServiceName::new)
                              .collect(Collectors.toSet()))))
          : OwnKey.odd();
    } catch (IllegalArgumentException e) {
      return OwnKey.odd();
    }
  }
}
