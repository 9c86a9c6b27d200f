package dev.doorward.config.edge;

import dev.doorward.config.bind.Key;
import dev.doorward.config.check.SelfChecked;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** The section {@code tls} of edge.yaml: the certificate that clients see. */
public record TlsConfig(
    @Key(
            doc =
                "PEM file with the certificate and its chain. Without it and its key, and without"
                    + " tls.acme, the internal CA writes one, which only machines that trust that"
                    + " CA accept.",
            example = "/etc/doorward/fullchain.pem",
            readable = true)
        Optional<Path> certificate,
    @Key(
            doc = "PEM file with the private key of the certificate.",
            example = "/etc/doorward/privkey.pem",
            readable = true)
        Optional<Path> key,
    @Key(
            doc = "From the connection to the end of the TLS handshake; then it is closed.",
            fallback = "10s",
            least = "1s",
            most = "1m")
        Duration handshakeTimeout,
    AcmeConfig acme)
    implements SelfChecked {

  @Override
  public List<Fault> faults() {
    if (acme.acceptTerms() && certificate.isPresent()) {
      return List.of(new Fault("certificate", "and tls.acme are both there; one of them must go."));
    }
    if (certificate.isPresent() == key.isPresent()) {
      return List.of();
    }
    return List.of(
        certificate.isPresent()
            ? new Fault("certificate", "needs tls.key, the private key of this certificate.")
            : new Fault("key", "needs tls.certificate, the certificate of this private key."));
  }
}
