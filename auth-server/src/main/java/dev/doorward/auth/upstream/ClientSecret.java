package dev.doorward.auth.upstream;

import dev.doorward.common.identity.Secret;
import dev.doorward.common.outcome.Outcome;
import dev.doorward.config.data.PrivateFile;
import dev.doorward.config.edge.UpstreamConfig;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;

/** The secret that this server has at a provider, read anew each time. */
final class ClientSecret {
  private static final int LONGEST = 4096;

  private ClientSecret() {}

  /** The secret; empty where the operator gave none. */
  static Outcome<Optional<Secret>> of(UpstreamConfig config) {
    Optional<Path> file = config.clientSecretFile();
    if (file.isEmpty()) {
      return Outcome.ok(config.clientSecret());
    }
    return PrivateFile.read(file.get(), LONGEST)
        .then(bytes ->
            Outcome.ok(Optional.of(new Secret(new String(bytes, StandardCharsets.UTF_8).strip()))));
  }
}
