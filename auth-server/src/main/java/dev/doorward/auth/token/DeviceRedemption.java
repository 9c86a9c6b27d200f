package dev.doorward.auth.token;

import dev.doorward.auth.engine.Ground;
import dev.doorward.auth.engine.Parameters;
import dev.doorward.auth.store.ClientRow;
import dev.doorward.auth.store.DeviceStore;
import dev.doorward.auth.store.DeviceStore.Device;
import dev.doorward.auth.store.GrantStore;
import dev.doorward.auth.store.GrantStore.Grant;
import dev.doorward.auth.store.PersonRow;
import dev.doorward.auth.store.RefreshStore;
import dev.doorward.auth.store.SecretHash;
import dev.doorward.auth.token.TokenResult.Refused;
import dev.doorward.common.outcome.Reason;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/**
 * The grant type of devices (RFC 8628 section 3.4): the device asks again and again until its
 * person has answered, not more often than it was told. The answer comes once; a second use of the
 * code ends what came of the first, as with other codes.
 */
final class DeviceRedemption {
  /** The grant type's name. */
  static final String GRANT_TYPE = "urn:ietf:params:oauth:grant-type:device_code";

  private static final Duration SLOWER = Duration.ofSeconds(5);
  private static final Duration LENIENCE = Duration.ofMillis(500);

  private final Ground ground;
  private final TokenMaker maker;
  private final LiveGrants grants;

  DeviceRedemption(Ground ground, TokenMaker maker, LiveGrants grants) {
    this.ground = ground;
    this.maker = maker;
    this.grants = grants;
  }

  TokenResult redeem(ClientRow client, Parameters form, Optional<String> key) {
    Optional<SecretHash> hash = form.one("device_code").map(SecretHash::of);
    if (hash.isEmpty()) {
      return new Refused(
          "invalid_request", Reason.OAUTH_REQUEST_REFUSED, "device_code is missing.");
    }
    Optional<Device> found =
        ground
            .transact(h -> DeviceStore.find(h, hash.get()))
            .filter(device -> device.client().equals(client.id()));
    if (found.isEmpty()) {
      return refused("invalid_grant", "The device code is unknown or belongs to another client.");
    }
    Device device = found.get();
    if (device.grant().isPresent()) {
      return reused(device);
    }
    Instant now = ground.clock().instant();
    if (!device.expiresAt().isAfter(now)) {
      ground.clock().keep();
      return refused("expired_token", "The device code has expired; start again.");
    }
    return switch (device.answer()) {
      case WAITING -> poll(device, now);
      case DENIED -> refused("access_denied", "The person did not allow it.");
      case ALLOWED ->
          TokenEndpoint.checkResource(form, device.resource())
              .orElseGet(() -> issue(device, client, key, now));
    };
  }

  private TokenResult poll(Device device, Instant now) {
    boolean tooSoon = now.plus(LENIENCE).isBefore(device.polledAt().plus(device.interval()));
    Duration wait = tooSoon ? device.interval().plus(SLOWER) : device.interval();
    ground.change(h -> DeviceStore.polled(h, device.hash(), now, wait));
    return tooSoon
        ? refused("slow_down", "The device asks too often; leave 5 seconds more from now on.")
        : new TokenResult.Pending(wait);
  }

  private TokenResult issue(Device device, ClientRow client, Optional<String> key, Instant now) {
    Optional<PersonRow> person =
        device
            .subject()
            .flatMap(grants::person)
            .filter(p ->
                ground
                    .settings()
                    .issuer()
                    .serviceOf(device.resource())
                    .map(p::mayUse)
                    .orElse(false));
    if (person.isEmpty()) {
      return refused("invalid_grant", "The person may not use this service any more.");
    }
    var grant =
        new Grant(
            ground.mint().id("g_"),
            client.id(),
            person.get().subject(),
            Grant.BY_DEVICE,
            device.resource(),
            device.scope(),
            now,
            now,
            now.plus(ground.settings().lives().refresh()),
            key);
    TokenMaker.Made made = maker.make(grant, client, person.get(), grant.scope(), key, now);
    boolean first = ground.transact(h -> store(h, device, grant, person.get(), made));
    return first
        ? new TokenResult.Issued(made.body())
        : ground
            .transact(h -> DeviceStore.find(h, device.hash()))
            .map(this::reused)
            .orElseGet(() -> refused("invalid_grant", "The device code is unknown."));
  }

  private boolean store(
      Handle h, Device device, Grant grant, PersonRow person, TokenMaker.Made made) {
    if (!DeviceStore.use(h, device.hash(), grant.id())) {
      return false;
    }
    GrantStore.insert(h, grant);
    made.refresh()
        .ifPresent(token -> RefreshStore.insert(h, token.hash(), grant.id(), made.refreshEnds()));
    ground.journal().note("token_issued", TokenEndpoint.noted(grant, person));
    ground.clock().keep(h);
    grants.begins(grant.id());
    return true;
  }

  private TokenResult reused(Device device) {
    device
        .grant()
        .ifPresent(grant ->
            grants.stolen(
                grant, "code_reuse", Map.of("grant", grant, "client", device.client().value())));
    return new Refused(
        "invalid_grant",
        Reason.CODE_REUSED,
        "The device code was used before, so every token that came of it is revoked.");
  }

  private static TokenResult refused(String error, String text) {
    return new Refused(error, Reason.DEVICE_CODE_REFUSED, text);
  }
}
