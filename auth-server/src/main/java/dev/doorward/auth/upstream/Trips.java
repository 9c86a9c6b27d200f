package dev.doorward.auth.upstream;

import dev.doorward.auth.login.Onward;
import dev.doorward.auth.store.Sealer;
import dev.doorward.common.identity.Issuer;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/**
 * What belongs to one sign-in elsewhere, all of it from its state: nonce and PKCE verifier are
 * derived from it with a key of this server, so neither is stored.
 */
final class Trips {
  /** Below it are the providers: {@code /login/upstream/<name>} and {@code .../callback}. */
  static final String PATH = "/login/upstream/";

  /** The end of the path that a provider sends browsers back to. */
  static final String CALLBACK = "/callback";

  private final Issuer issuer;
  private final Sealer sealer;

  Trips(Issuer issuer, Sealer sealer) {
    this.issuer = issuer;
    this.sealer = sealer;
  }

  Provider.Trip of(Providers.Named provider, String state, Onward onward) {
    return new Provider.Trip(
        URI.create(issuer.value() + PATH + provider.name() + CALLBACK),
        state,
        derived("upstream nonce", state),
        derived("upstream verifier", state),
        onward.errand().isPresent());
  }

  private String derived(String purpose, String state) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(sealer.mac(purpose, state.getBytes(StandardCharsets.UTF_8)));
  }
}
