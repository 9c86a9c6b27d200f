package dev.doorward.config.edge;

import dev.doorward.common.identity.Secret;
import dev.doorward.config.bind.Key;
import dev.doorward.config.check.SelfChecked;
import dev.doorward.config.value.HttpUrl;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The section {@code tls.acme.second}: the authority to ask where the first one fails. */
public record AcmeSecondConfig(
    @Key(
            doc = "The directory of another authority, asked while the first one fails.",
            example = "https://acme.zerossl.com/v2/DV90")
        Optional<HttpUrl> directory,
    @Key(
            doc = "PEM file with the CA of that directory's own certificate.",
            example = "/etc/doorward/second-ca.pem",
            readable = true)
        Optional<Path> ca,
    @Key(doc = "The key identifier of the external account there.", example = "kid-2")
        Optional<String> eabKeyId,
    @Key(doc = "The key of the external account there, in base64url.", example = "b10lLJs8l1G...")
        Optional<Secret> eabKey)
    implements SelfChecked {

  @Override
  public List<Fault> faults() {
    List<Fault> faults = new ArrayList<>();
    if (directory.filter(url -> !url.secure()).isPresent()) {
      faults.add(new Fault("directory", "must be an https URL."));
    }
    if (eabKeyId.isPresent() != eabKey.isPresent()) {
      faults.add(new Fault("eab-key-id", "and tls.acme.second.eab-key go together."));
    }
    return faults;
  }
}
