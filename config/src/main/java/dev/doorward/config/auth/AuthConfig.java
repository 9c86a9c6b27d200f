package dev.doorward.config.auth;

import dev.doorward.common.identity.Issuer;
import dev.doorward.common.identity.ScopeName;
import dev.doorward.common.identity.ServiceName;
import dev.doorward.config.bind.Key;
import dev.doorward.config.check.SelfChecked;
import dev.doorward.config.edge.AgentsConfig;
import dev.doorward.config.edge.AuthPart;
import dev.doorward.config.edge.ClientDocumentsConfig;
import dev.doorward.config.edge.EdgeConfig;
import dev.doorward.config.edge.EnterpriseConfig;
import dev.doorward.config.edge.LoginConfig;
import dev.doorward.config.edge.RegistrationConfig;
import dev.doorward.config.edge.ScopeConfig;
import dev.doorward.config.edge.SessionsConfig;
import dev.doorward.config.edge.TokensConfig;
import dev.doorward.config.log.LogConfig;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What {@code auth.yaml} says: the authorization server as a process of its own. Two configurations
 * that say the same are equal.
 */
public record AuthConfig(
    @Key(
            doc =
                "The public origin of the edge, the same as in its edge.yaml: it names the issuer"
                    + " of tokens, so a change of it ends every sign-in.",
            example = "https://mcp.example.com")
        Issuer publicUrl,
    @Key(
            doc =
                "The auth-server's own directory: database, keys, audit record. It is made with"
                    + " mode 0700, and only one process can use it at a time.",
            fallback = DEFAULT_DATA_DIR)
        Path dataDir,
    PortConfig port,
    @Key(
            doc =
                "The service that a client means which does not name a resource when it signs in."
                    + " Without it such a client is refused unless there is just one service.",
            example = "notes")
        Optional<ServiceName> defaultService,
    AgentsConfig agents,
    TokensConfig tokens,
    SessionsConfig sessions,
    RegistrationConfig registration,
    ClientDocumentsConfig clientDocuments,
    LoginConfig login,
    Map<ScopeName, ScopeConfig> scopes,
    Map<String, EnterpriseConfig> enterprise,
    LogConfig log)
    implements SelfChecked, AuthPart {

  /** Where the auth-server keeps its data unless told otherwise. */
  public static final String DEFAULT_DATA_DIR = "~/.doorward/auth";

  /** Copies the maps. */
  public AuthConfig {
    scopes = Map.copyOf(scopes);
    enterprise = Map.copyOf(enterprise);
  }

  /** The socket that edges of this machine use. */
  public Path socket() {
    return port.socket().orElseGet(() -> dataDir.resolve("auth.sock"));
  }

  @Override
  public List<Fault> faults() {
    return EdgeConfig.scopeFaults(scopes);
  }
}
