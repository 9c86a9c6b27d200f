package dev.doorward.config.edge;

import dev.doorward.common.identity.Secret;
import dev.doorward.config.bind.Key;
import dev.doorward.config.check.SelfChecked;
import dev.doorward.config.value.HostName;
import dev.doorward.config.value.HostPort;
import dev.doorward.config.value.HttpUrl;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The section {@code tls.acme} of edge.yaml: a certificate of a public authority, fetched and
 * renewed by the edge itself (RFC 8555).
 */
public record AcmeConfig(
    @Key(
            doc =
                "Whether you accept the terms of the certificate authority; true turns ACME on."
                    + " Those of Let's Encrypt are at https://letsencrypt.org/repository/.",
            fallback = "false")
        boolean acceptTerms,
    @Key(
            doc = "The e-mail address that the authority writes to when something is wrong.",
            example = "you@example.com")
        Optional<String> contact,
    @Key(
            doc =
                "Where the authority is: its directory. Another one for a private ACME server, or"
                    + " another company's.",
            fallback = "https://acme-v02.api.letsencrypt.org/directory")
        HttpUrl directory,
    @Key(
            doc =
                "Ask the staging environment of Let's Encrypt in place of directory: certificates"
                    + " that no client trusts, and generous limits. For trying things out.",
            fallback = "false")
        boolean staging,
    @Key(
            doc = "PEM file with the CA of the directory's own certificate, for a private server.",
            example = "/etc/doorward/acme-ca.pem",
            readable = true)
        Optional<Path> ca,
    @Key(
            doc = "The key identifier of an external account, for authorities that want one (EAB).",
            example = "kid-1")
        Optional<String> eabKeyId,
    @Key(doc = "The key of the external account, in base64url.", example = "zWNDZM6eQGHWp...")
        Optional<Secret> eabKey,
    @Key(
            doc =
                "The kind of certificate, among those that the authority offers; its own default"
                    + " where it does not offer this one. For an IP address it is shortlived unless"
                    + " you say otherwise.",
            example = "shortlived")
        Optional<String> profile,
    @Key(
            doc =
                "Further names of the certificate, beside the host of public-url. A name with *."
                    + " in front needs dns-01.",
            example = "*.mcp.example.com")
        List<String> names,
    @Key(
            doc =
                "How the authority sees that the names are this edge's, tried in turn: tls-alpn-01"
                    + " on the edge's own port, which the internet must reach as port 443; http-01"
                    + " on http-listen, which it must reach as port 80; dns-01 by acme.dns.",
            fallback = "tls-alpn-01, http-01")
        List<AcmeChallenge> challenges,
    @Key(
            doc =
                "Where http-01 is answered. Everything else that comes here is sent to public-url."
                    + " Where this cannot be opened, the other challenges must do.",
            fallback = "0.0.0.0:80")
        HostPort httpListen,
    AcmeSecondConfig second,
    AcmeDnsConfig dns)
    implements SelfChecked {

  private static final HttpUrl STAGING =
      HttpUrl.parse("https://acme-staging-v02.api.letsencrypt.org/directory").orElseThrow();
  private static final int MOST_NAMES = 20;

  /** Copies the lists. */
  public AcmeConfig {
    names = List.copyOf(names);
    challenges = List.copyOf(challenges);
  }

  /** No ACME: everything as it is by default. */
  static AcmeConfig off() {
    return new AcmeConfig(
        false,
        Optional.empty(),
        HttpUrl.parse("https://acme-v02.api.letsencrypt.org/directory").orElseThrow(),
        false,
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        List.of(),
        List.of(AcmeChallenge.TLS_ALPN_01, AcmeChallenge.HTTP_01),
        new HostPort("0.0.0.0", 80),
        new AcmeSecondConfig(
            Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty()),
        new AcmeDnsConfig(
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            Optional.empty(),
            AcmeDnsConfig.Algorithm.HMAC_SHA256,
            java.time.Duration.ofMinutes(2),
            java.time.Duration.ofSeconds(30)));
  }

  /** The directory that is asked: that of the staging environment where it is wanted. */
  public HttpUrl asked() {
    return staging ? STAGING : directory;
  }

  @Override
  public List<Fault> faults() {
    List<Fault> faults = new ArrayList<>();
    if (!acceptTerms && (contact.isPresent() || staging || ca.isPresent() || !names.isEmpty())) {
      faults.add(
          new Fault(
              "accept-terms",
              "must be true for the rest of tls.acme to mean anything: it says that you accept the"
                  + " terms of the certificate authority."));
    }
    if (contact.filter(text -> !text.matches("[^@\\s,:?]+@[^@\\s,:?]+")).isPresent()) {
      faults.add(new Fault("contact", "is no e-mail address."));
    }
    if (!directory.secure()) {
      faults.add(new Fault("directory", "must be an https URL."));
    }
    if (eabKeyId.isPresent() != eabKey.isPresent()) {
      faults.add(new Fault("eab-key-id", "and tls.acme.eab-key go together."));
    }
    boolean dns01 = challenges.contains(AcmeChallenge.DNS_01);
    if (names.size() > MOST_NAMES || !names.stream().allMatch(AcmeConfig::isName)) {
      faults.add(
          new Fault("names", "must hold at most 20 host names, each with *. in front or without."));
    }
    if (names.stream().anyMatch(name -> name.startsWith("*.")) && !dns01) {
      faults.add(new Fault("names", "has a wildcard, which needs dns-01 among the challenges."));
    }
    if (challenges.isEmpty()) {
      faults.add(new Fault("challenges", "must hold one at least."));
    }
    if (dns01 && dns.command().isEmpty() && dns.server().isEmpty()) {
      faults.add(new Fault("challenges", "has dns-01, which needs dns.command or dns.server."));
    }
    return faults;
  }

  private static boolean isName(String text) {
    String name = text.startsWith("*.") ? text.substring(2) : text;
    return HostName.parse(name).isPresent() && name.indexOf('.') > 0;
  }
}
