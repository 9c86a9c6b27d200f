package dev.doorward.agent.identity;

import dev.doorward.common.identity.Invite;
import dev.doorward.common.identity.Issuer;
import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Reason;
import dev.doorward.common.token.KeyStatement;
import dev.doorward.config.value.HostPort;
import dev.doorward.transport.link.control.EnrolReply;
import dev.doorward.transport.link.control.EnrolRequest;
import java.io.IOException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/** Turns this machine into an agent: a key, an invite, a checked answer, files. Blocks. */
public final class Joining {
  private final IdentityStore store;
  private final EnrolClient client;
  private final SecureRandom random;
  private final InstantSource clock;
  private final String software;

  /** Joining into {@code store}; {@code software} is this agent's version. */
  public Joining(
      IdentityStore store,
      EnrolClient client,
      SecureRandom random,
      InstantSource clock,
      String software) {
    this.store = store;
    this.client = client;
    this.random = random;
    this.clock = clock;
    this.software = software;
  }

  /** Uses the invite. Nothing is stored unless everything in the answer holds. */
  public Outcome<AgentIdentity> join(Invite invite) {
    Optional<HostPort> edge = HostPort.parse(invite.edge());
    if (edge.isEmpty()) {
      return Outcome.failed(
          Reason.INVITE_MALFORMED, "This invite names no address of an edge; get a new one.");
    }
    AgentKey key = AgentKey.make(random);
    EnrolRequest request = new EnrolRequest(invite.id(), invite.secret(), key.request(), software);
    return client
        .enrol(invite, edge.get(), request)
        .then(reply -> accept(invite, key, reply, clock.instant()));
  }

  private Outcome<AgentIdentity> accept(
      Invite invite, AgentKey key, EnrolReply reply, Instant now) {
    Optional<Issuer> issuer = Issuer.parse(reply.issuer());
    if (issuer.isEmpty()) {
      return Outcome.failed(
          Reason.LINK_PROTOCOL_VIOLATION, "The edge did not say what its public URL is.");
    }
    return ChainCheck.check(reply.chain(), invite.ca(), reply.agent(), key, now)
        .then(chain ->
            KeyStatement.verify(reply.keys(), root(chain), issuer, now)
                .then(statement ->
                    save(
                        new AgentIdentity(reply.agent(), invite.edge(), issuer.get(), key, chain),
                        new IdentityStore.Stated(statement.seq(), reply.keys()))));
  }

  private static ECPublicKey root(List<X509Certificate> chain) {
    return (ECPublicKey) chain.getLast().getPublicKey();
  }

  private Outcome<AgentIdentity> save(AgentIdentity identity, IdentityStore.Stated statement) {
    try {
      store.enrolled(identity, statement);
      return Outcome.ok(identity);
    } catch (IOException e) {
      return Outcome.failed(
          Reason.STORE_FAILED,
          "The edge accepted this agent, but its key could not be stored ("
              + e.getMessage()
              + "); make room or set another data-dir, then join with a new invite.");
    }
  }
}
