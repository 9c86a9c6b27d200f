package dev.doorward.auth.engine;

import dev.doorward.config.edge.ClientDocumentsConfig;
import dev.doorward.config.edge.RegistrationConfig;
import java.util.Set;

/** Which clients may ask for authorization, as edge.yaml says. */
public record ClientRules(RegistrationConfig registration, ClientDocumentsConfig documents) {

  /** Schemes without a dot in them that redirect URIs may have besides http and https. */
  public Set<String> appSchemes() {
    return Set.copyOf(registration.appSchemes());
  }
}
