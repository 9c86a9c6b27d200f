package dev.doorward.auth.upstream;

import dev.doorward.config.edge.LoginConfig;
import dev.doorward.config.edge.UpstreamConfig;
import dev.doorward.config.value.ProviderName;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** The providers that the operator named, each with what the operator says of it. */
final class Providers {
  /** One of them. */
  record Named(String name, UpstreamConfig config, Provider provider) {
    /** What people read. */
    String shown() {
      return config.shown(name);
    }
  }

  private final Map<String, Named> byName = new LinkedHashMap<>();

  Providers(LoginConfig login, Web web, InstantSource clock) {
    login.upstream().keySet().stream()
        .sorted()
        .map(ProviderName::value)
        .forEach(name -> {
          UpstreamConfig config = login.upstream().get(new ProviderName(name));
          if (config != null) {
            Provider provider =
                switch (config.kind()) {
                  case OIDC, GOOGLE -> new OidcProvider(config, web, clock);
                  case GITHUB -> new GitHubProvider(config, web);
                };
            byName.put(name, new Named(name, config, provider));
          }
        });
  }

  Optional<Named> find(String name) {
    return Optional.ofNullable(byName.get(name));
  }
}
