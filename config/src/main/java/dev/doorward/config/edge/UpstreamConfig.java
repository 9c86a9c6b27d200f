package dev.doorward.config.edge;

import dev.doorward.common.identity.Secret;
import dev.doorward.common.identity.ServiceName;
import dev.doorward.config.bind.Key;
import dev.doorward.config.check.SelfChecked;
import dev.doorward.config.value.HostName;
import dev.doorward.config.value.IssuerUrl;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A place where people have accounts that they sign in with, below {@code login.upstream}. */
public record UpstreamConfig(
    @Key(
            doc =
                "What is spoken there: OpenID Connect with the provider's own settings (oidc or"
                    + " google), or GitHub's OAuth.",
            fallback = "oidc")
        Kind kind,
    @Key(
            doc =
                "The provider's issuer identifier, exactly as it writes it itself. Needed for oidc;"
                    + " for github only where it is a server of your own. The address may be"
                    + " private: you chose it.",
            example = "https://login.example.com/realms/home")
        Optional<IssuerUrl> issuer,
    @Key(doc = "The identifier that this server has at the provider.", example = "doorward")
        String clientId,
    @Key(
            doc =
                "File with the client secret, which nobody else may read. It is read at each"
                    + " sign-in, so a new secret needs no restart.",
            example = "/etc/doorward/google.secret",
            readable = true)
        Optional<Path> clientSecretFile,
    @Key(
            doc =
                "The client secret itself, best given by the environment variable of this key."
                    + " Without one the provider must take PKCE alone.")
        Optional<Secret> clientSecret,
    @Key(
            doc =
                "What the button on the sign-in page calls it; the name above where it is not"
                    + " given.",
            example = "Example Inc.")
        Optional<String> label,
    @Key(
            doc =
                "Scopes to ask for besides openid, email and profile: some providers want one for"
                    + " groups.",
            example = "groups")
        List<String> scopes,
    @Key(
            doc =
                "People with one of these addresses may come in, where the provider says that it"
                    + " has verified the address.",
            example = "ada@example.com")
        List<String> allowEmails,
    @Key(
            doc =
                "People of one of these domains may come in: Google's own claim of the domain, or"
                    + " that of a verified address elsewhere.",
            example = "example.com")
        List<HostName> allowDomains,
    @Key(doc = "The claim that lists a person's groups.", fallback = "groups") String groupsClaim,
    @Key(doc = "People in one of these groups may come in.", example = "family")
        List<String> allowGroups,
    @Key(
            doc =
                "Members of one of these GitHub organisations may come in; whether they still are"
                    + " members is asked every few minutes.",
            example = "example-org")
        List<String> allowOrganisations,
    @Key(
            doc =
                "Services that people may use who come in by one of these lists. The operator"
                    + " changes it for each later.",
            example = "notes")
        List<ServiceName> services)
    implements SelfChecked {
  /** What is spoken to a provider. */
  public enum Kind {
    /** OpenID Connect. */
    OIDC,
    /** OpenID Connect as Google speaks it. */
    GOOGLE,
    /** OAuth as GitHub speaks it. */
    GITHUB
  }

  @Override
  public List<Fault> faults() {
    List<Fault> faults = new ArrayList<>();
    if (kind == Kind.OIDC && issuer.isEmpty()) {
      faults.add(new Fault("issuer", "is missing; an oidc provider needs one."));
    }
    if (clientSecret.isPresent() && clientSecretFile.isPresent()) {
      faults.add(new Fault("client-secret", "stands beside client-secret-file; give one of them."));
    }
    if (kind != Kind.GITHUB && !allowOrganisations.isEmpty()) {
      faults.add(new Fault("allow-organisations", "is for github only."));
    }
    if (kind != Kind.OIDC && !allowGroups.isEmpty()) {
      faults.add(new Fault("allow-groups", "is for oidc only."));
    }
    if (kind == Kind.GITHUB && clientSecret.isEmpty() && clientSecretFile.isEmpty()) {
      faults.add(new Fault("client-secret-file", "is missing; GitHub wants a client secret."));
    }
    return faults;
  }

  /** The label, or the name where there is none. */
  public String shown(String name) {
    return label.orElse(name);
  }
}
