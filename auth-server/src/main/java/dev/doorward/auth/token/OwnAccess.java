package dev.doorward.auth.token;

import dev.doorward.auth.engine.Ground;
import dev.doorward.auth.engine.Parameters;
import dev.doorward.auth.store.ClientRow;
import dev.doorward.auth.store.GrantStore.Grant;
import dev.doorward.auth.store.OwnGrantStore;
import dev.doorward.auth.store.PersonRow;
import dev.doorward.auth.token.TokenResult.Refused;
import dev.doorward.common.identity.Issuer;
import dev.doorward.common.identity.Resource;
import dev.doorward.common.identity.ServiceName;
import dev.doorward.common.identity.Subject;
import dev.doorward.common.outcome.Reason;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The grant type {@code client_credentials} (RFC 6749 section 4.4): a client that the operator
 * added acts for itself, at the services that it was given. Its tokens have the client as their
 * subject and are named {@code client:NAME}, which no person can be.
 */
final class OwnAccess {
  private static final int MOST_LIVING = 1_000;

  private final Ground ground;
  private final TokenMaker maker;
  private final LiveGrants grants;

  OwnAccess(Ground ground, TokenMaker maker, LiveGrants grants) {
    this.ground = ground;
    this.maker = maker;
    this.grants = grants;
  }

  /** Who a client is where it acts for itself. */
  static PersonRow self(ClientRow client) {
    return new PersonRow(
        new Subject(client.id().value()),
        "client:" + client.name(),
        false,
        client.ownServices(),
        Optional.empty(),
        client.createdAt());
  }

  /**
   * A token for the client itself.
   *
   * @param key thumbprint of the key that it is bound to, where the client proved one
   */
  TokenResult give(ClientRow client, Parameters form, Optional<String> key) {
    if (client.ownServices().isEmpty()) {
      return new Refused(
          "unauthorized_client",
          Reason.SERVICE_NOT_ALLOWED,
          "This client may use nothing by itself; the operator can change that.");
    }
    Optional<ServiceName> service = service(client.ownServices(), form);
    if (service.isEmpty()) {
      return new Refused(
          "invalid_target",
          Reason.RESOURCE_UNKNOWN,
          "resource must be the URL of one service that this client may use.");
    }
    Instant now = ground.clock().instant();
    PersonRow self = self(client);
    var grant =
        new Grant(
            ground.mint().id("o_"),
            client.id(),
            self.subject(),
            "",
            ground.settings().issuer().resourceOf(service.get()),
            ground.settings().scopes().granted(form.one("scope").orElse(""), service.get()),
            now,
            now,
            now.plus(ground.settings().lives().accessToken()),
            key);
    TokenMaker.Made made =
        maker.make(grant, client.withoutRefresh(), self, grant.scope(), key, now);
    boolean room =
        ground.transact(h -> {
          if (OwnGrantStore.idsOf(h, client.id()).size() >= MOST_LIVING) {
            return false;
          }
          OwnGrantStore.insert(h, grant.id(), client.id(), grant.resource(), grant.endsAt());
          ground.journal().note("token_issued", TokenEndpoint.noted(grant, self));
          grants.begins(grant.id());
          return true;
        });
    return room
        ? new TokenResult.Issued(made.body())
        : new Refused(
            "temporarily_unavailable",
            Reason.OVERLOADED,
            "This client has 1000 tokens that still live; use one of those.");
  }

  private Optional<ServiceName> service(Set<ServiceName> own, Parameters form) {
    Issuer issuer = ground.settings().issuer();
    List<String> resources = form.all("resource");
    if (resources.isEmpty()) {
      return own.size() == 1 ? Optional.of(own.iterator().next()) : Optional.empty();
    }
    return resources.size() > 1
        ? Optional.empty()
        : Resource.parse(resources.getFirst()).flatMap(issuer::serviceOf).filter(own::contains);
  }
}
