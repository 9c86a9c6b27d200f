package dev.doorward.config.edge;

import dev.doorward.config.bind.Key;
import dev.doorward.config.check.SelfChecked;
import dev.doorward.config.value.HttpUrl;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** An identity provider in edge.yaml, below {@code enterprise} and a name for it. */
public record EnterpriseConfig(
    @Key(
            doc =
                "The identity provider whose assertions (ID-JAG) are taken in place of a consent,"
                    + " exactly as it names itself in iss.",
            example = "https://login.acme.example")
        String issuer,
    @Key(
            doc = "Where it publishes its keys as a JWK set.",
            example = "https://login.acme.example/oauth2/keys")
        Optional<HttpUrl> jwksUrl,
    @Key(
            doc = "A file with its keys as a JWK set, in place of jwks-url; read at the start.",
            example = "/etc/doorward/acme-keys.json")
        Optional<Path> jwks)
    implements SelfChecked {

  @Override
  public List<Fault> faults() {
    List<Fault> faults = new ArrayList<>();
    if (!issuer.startsWith("https://")) {
      faults.add(new Fault("issuer", "must be an https URL."));
    }
    if (jwksUrl.isPresent() == jwks.isPresent()) {
      faults.add(new Fault("jwks-url", "or jwks must be there, and not both."));
    }
    if (jwksUrl.filter(url -> !url.secure()).isPresent()) {
      faults.add(new Fault("jwks-url", "must be an https URL."));
    }
    return faults;
  }
}
