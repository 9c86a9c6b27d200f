package dev.doorward.config.edge;

import dev.doorward.common.identity.Issuer;
import dev.doorward.common.identity.ServiceName;
import dev.doorward.config.bind.Key;
import dev.doorward.config.log.LogConfig;
import dev.doorward.config.value.HostPort;
import dev.doorward.config.value.Origin;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What {@code edge.yaml} says. Two configurations that say the same are equal. */
public record EdgeConfig(
    @Key(
            doc =
                "The public origin of the edge: scheme, host and, where it is not 443, the port."
                    + " Services are reached below it, and it names the issuer of tokens, so a"
                    + " change of it ends every sign-in.",
            example = "https://mcp.example.com")
        Issuer publicUrl,
    @Key(
            doc =
                "Where the edge listens for clients and agents. [::]:443 listens on IPv6 and"
                    + " IPv4.",
            fallback = "0.0.0.0:443")
        HostPort listen,
    @Key(
            doc =
                "The edge's own directory: database, keys, audit record. It is made with mode"
                    + " 0700, and only one edge can use it at a time.",
            fallback = DEFAULT_DATA_DIR)
        Path dataDir,
    TlsConfig tls,
    @Key(
            doc =
                "The service that a client means which does not name a resource when it signs in."
                    + " Without it such a client is refused unless there is just one service.",
            example = "notes")
        Optional<ServiceName> defaultService,
    @Key(
            doc =
                "Web pages of these origins may call services from a browser. The edge's own"
                    + " origin always may.",
            example = "https://app.example.com")
        List<Origin> allowedOrigins,
    LimitsConfig limits,
    TokensConfig tokens,
    SessionsConfig sessions,
    RegistrationConfig registration,
    ClientDocumentsConfig clientDocuments,
    Map<String, EnterpriseConfig> enterprise,
    LogConfig log) {

  /** Where the edge keeps its data unless told otherwise. */
  public static final String DEFAULT_DATA_DIR = "~/.doorward/edge";

  /** Copies the map. */
  public EdgeConfig {
    enterprise = Map.copyOf(enterprise);
  }
}
