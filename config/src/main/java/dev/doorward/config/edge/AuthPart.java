package dev.doorward.config.edge;

import dev.doorward.common.identity.Issuer;
import dev.doorward.common.identity.ScopeName;
import dev.doorward.common.identity.ServiceName;
import java.util.Map;
import java.util.Optional;

/**
 * What the authorization server goes by: part of edge.yaml where it runs inside the edge, and
 * auth.yaml where it is a process of its own. The keys are the same in both.
 */
public interface AuthPart {
  /** The issuer of tokens. */
  Issuer publicUrl();

  /** What a request without {@code resource} is for. */
  Optional<ServiceName> defaultService();

  /** Agents that come back late. */
  AgentsConfig agents();

  /** Tokens and the keys that sign them. */
  TokensConfig tokens();

  /** Sign-ins in browsers. */
  SessionsConfig sessions();

  /** Clients that register themselves. */
  RegistrationConfig registration();

  /** Clients known by a URL. */
  ClientDocumentsConfig clientDocuments();

  /** How people sign in. */
  LoginConfig login();

  /** Scopes beside {@code mcp}. */
  Map<ScopeName, ScopeConfig> scopes();

  /** Trusted identity providers. */
  Map<String, EnterpriseConfig> enterprise();
}
