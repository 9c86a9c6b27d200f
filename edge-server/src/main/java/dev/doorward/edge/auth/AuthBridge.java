package dev.doorward.edge.auth;

import dev.doorward.common.token.DpopGate;
import dev.doorward.edge.admin.AgentsDesk;
import dev.doorward.edge.admin.Kept;
import dev.doorward.edge.call.TokenStep;
import dev.doorward.edge.link.AllowTable;
import dev.doorward.edge.pipeline.Endpoint;
import dev.doorward.policy.authn.RevokedTokens;
import dev.doorward.policy.authz.AccessRules;
import dev.doorward.policy.authz.ScopeRule;
import dev.doorward.transport.link.EnrolHandler;
import dev.doorward.transport.link.LinkGate;
import dev.doorward.transport.tls.TlsIdentity;
import java.security.cert.X509Certificate;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Executor;

/**
 * What the edge asks of an auth-server, wherever that is: {@link EmbeddedAuth} in this process,
 * {@link dev.doorward.edge.auth.apart.ApartAuth} in one of its own.
 */
public interface AuthBridge extends AutoCloseable {
  /** The pages and endpoints; calls run on {@code executor}, a bounded number at a time. */
  Endpoint endpoint(Executor executor);

  /** The table of agents; what blocks runs on {@code executor}. */
  AllowTable allowTable(Executor executor);

  /** What links are told and asked; what blocks runs on {@code executor}. */
  LinkGate linkGate(Executor executor);

  /** What grants or refuses enrolment. */
  EnrolHandler.Grantor grantor();

  /** How tokens are verified: against the keys of the moment. */
  TokenStep.Verification verification();

  /** Proofs of the keys that access tokens are bound to. */
  DpopGate proofs();

  /** What was taken back. */
  RevokedTokens revoked();

  /** Who may use what: a token is only ever made for a service that its person may use. */
  AccessRules access();

  /** Which tools need more than the use of their service, as known at this moment. */
  List<ScopeRule> scopes();

  /** Calls {@code listener} after each revocation; it must not block. */
  void onRevocation(Runnable listener);

  /** Calls {@code listener} after each change of the table of agents; it must not block. */
  void onAgentsChanged(Runnable listener);

  /** Calls {@code listener} after each change of the signing keys; it must not block. */
  void onKeysChanged(Runnable listener);

  /** The certificate of the internal CA. */
  X509Certificate root();

  /** A certificate of the internal CA for links and enrolment. */
  TlsIdentity linkIdentity();

  /** A certificate of the internal CA for the public name. */
  TlsIdentity publicIdentity();

  /** 32 secret bytes that outlive the process, for keys derived from them. */
  byte[] sealKey();

  /** The machine's clock, but never going back: what everything about tokens goes by. */
  InstantSource clock();

  /** What the operator can do here; empty where the auth-server has its own socket for it. */
  Optional<Kept> kept();

  /** The agents, for the operator. */
  AgentsDesk agentsDesk();

  /** The operator's socket of an auth-server on this machine, as text; empty where none is. */
  String elsewhere();

  /** Does what is due. Blocks; to be called once a minute. */
  void maintain();

  @Override
  void close();
}
