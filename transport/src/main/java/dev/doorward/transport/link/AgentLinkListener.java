package dev.doorward.transport.link;

import dev.doorward.common.identity.ServiceName;
import dev.doorward.common.outcome.Problem;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/** What happens to one link of an agent. Called on the link's loop; must not block. */
public interface AgentLinkListener {
  /**
   * The edge has said hello. Completes, on any thread, with why the agent will not have this edge,
   * or empty.
   */
  CompletionStage<Optional<Problem>> onHello(String issuer, String keys);

  /** The link is up. */
  void onUp(AgentLinkSession link, String name, Set<ServiceName> granted);

  /** The edge has answered to a change of the services. */
  void onGranted(Set<ServiceName> granted);

  /** The issuer's keys have changed. */
  void onKeys(String keys);

  /** The fresh certificate, DER, leaf first. */
  void onRenewed(List<byte[]> chain);

  /** No fresh certificate. */
  void onRenewalRefused(Problem problem);

  /** The edge wants the agent to open another link and leave this one. */
  void onDrain(AgentLinkSession link);

  /** The link, up or not, is gone; called once. */
  void onDown(Problem problem);
}
