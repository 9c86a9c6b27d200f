package dev.doorward.edge.cert;

import dev.doorward.config.edge.AcmeChallenge;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Optional;

/**
 * What is wanted of an authority.
 *
 * @param names lower case; host names, with {@code *.} in front or without, and addresses
 * @param profile the kind of certificate, where the authority has it
 * @param challenge how the names are proven
 * @param replaces the certificate of the same authority that is renewed
 */
record CertificateOrder(
    List<String> names,
    Optional<String> profile,
    AcmeChallenge challenge,
    Optional<X509Certificate> replaces) {
  /** Copies the names. */
  CertificateOrder {
    names = List.copyOf(names);
  }
}
