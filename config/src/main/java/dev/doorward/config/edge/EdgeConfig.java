package dev.doorward.config.edge;

import dev.doorward.common.identity.Issuer;
import dev.doorward.common.identity.ScopeName;
import dev.doorward.common.identity.ServiceName;
import dev.doorward.config.bind.ConfigReader;
import dev.doorward.config.bind.Key;
import dev.doorward.config.check.Loaded;
import dev.doorward.config.check.SelfChecked;
import dev.doorward.config.log.LogConfig;
import dev.doorward.config.value.HostPort;
import dev.doorward.config.value.Origin;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * What {@code edge.yaml} says. Two configurations that say the same are equal.
 *
 * @param scopes what tokens need for some tools, beside the scope {@code mcp} that they all have
 */
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
    AgentsConfig agents,
    LimitsConfig limits,
    TokensConfig tokens,
    SessionsConfig sessions,
    RegistrationConfig registration,
    ClientDocumentsConfig clientDocuments,
    LoginConfig login,
    Map<ScopeName, ScopeConfig> scopes,
    Map<String, EnterpriseConfig> enterprise,
    AuthServerConfig authServer,
    LogConfig log)
    implements SelfChecked, AuthPart {

  /** Where the edge keeps its data unless told otherwise. */
  public static final String DEFAULT_DATA_DIR = "~/.doorward/edge";

  /** More scopes than these, mcp included, no token carries. */
  private static final int MOST_SCOPES = 32;

  /** Copies the map. */
  public EdgeConfig {
    scopes = Map.copyOf(scopes);
    enterprise = Map.copyOf(enterprise);
  }

  @Override
  public List<Fault> faults() {
    List<Fault> faults = new ArrayList<>(scopeFaults(scopes));
    if (authServer.isApart()) {
      misplaced().stream()
          .map(key -> new Fault(key, "is for auth.yaml where the auth-server is on its own."))
          .forEach(faults::add);
    }
    return faults;
  }

  /** The sections that say something which only the auth-server goes by. */
  private List<String> misplaced() {
    Map<String, Boolean> said = new LinkedHashMap<>();
    said.put("default-service", defaultService.isPresent());
    said.put("agents", differs(AgentsConfig.class, agents));
    said.put("tokens", differs(TokensConfig.class, tokens));
    said.put("sessions", differs(SessionsConfig.class, sessions));
    said.put("registration", differs(RegistrationConfig.class, registration));
    said.put("client-documents", differs(ClientDocumentsConfig.class, clientDocuments));
    said.put("login", differs(LoginConfig.class, login));
    said.put("scopes", !scopes.isEmpty());
    said.put("enterprise", !enterprise.isEmpty());
    return said.entrySet().stream().filter(Map.Entry::getValue).map(Map.Entry::getKey).toList();
  }

  private static <R extends Record> boolean differs(Class<R> type, R section) {
    return !(ConfigReader.readText(type, "", Path.of("/"), Map.of())
            instanceof Loaded.Ready<R>(R standard)
        && standard.equals(section));
  }

  /** What is wrong with a set of scopes. */
  public static List<Fault> scopeFaults(Map<ScopeName, ScopeConfig> scopes) {
    Map<ServiceName, Long> each =
        scopes.values().stream()
            .collect(Collectors.groupingBy(ScopeConfig::service, Collectors.counting()));
    return each.values().stream().anyMatch(count -> count >= MOST_SCOPES)
        ? List.of(new Fault("scopes", "has more than 31 for one service."))
        : List.of();
  }
}
