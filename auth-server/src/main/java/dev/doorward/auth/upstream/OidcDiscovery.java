package dev.doorward.auth.upstream;

import com.nimbusds.jose.jwk.JWKSet;
import dev.doorward.config.value.IssuerUrl;
import java.net.URI;
import java.text.ParseException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * What a provider publishes: what it says of itself is kept for an hour, its keys until a token
 * names one that is not among them, and then asked for at most every half minute. Blocks; safe on
 * any thread.
 */
final class OidcDiscovery {
  private static final Duration METADATA_LIFE = Duration.ofHours(1);
  private static final Duration KEYS_AT_MOST = Duration.ofSeconds(30);

  private final IssuerUrl issuer;
  private final Web web;
  private final InstantSource clock;

  private @Nullable OidcMetadata metadata;
  private Instant metadataAt = Instant.MIN;
  private @Nullable JWKSet keys;
  private Instant keysAt = Instant.MIN;

  /** Something that a provider had to give, or why it did not. */
  sealed interface Given<T> {
    /** It did. */
    record Here<T>(T value) implements Given<T> {}

    /** It did not. */
    record Missing<T>(String why) implements Given<T> {}
  }

  OidcDiscovery(IssuerUrl issuer, Web web, InstantSource clock) {
    this.issuer = issuer;
    this.web = web;
    this.clock = clock;
  }

  synchronized Given<OidcMetadata> metadata() {
    Instant now = clock.instant();
    if (metadata != null && metadataAt.plus(METADATA_LIFE).isAfter(now)) {
      return new Given.Here<>(metadata);
    }
    return switch (document(issuer.below("/.well-known/openid-configuration"))) {
      case Given.Missing<JsonNode>(String why) -> new Given.Missing<>("discovery: " + why);
      case Given.Here<JsonNode>(JsonNode json) -> {
        Optional<OidcMetadata> read = OidcMetadata.read(json, issuer);
        if (read.isEmpty()) {
          yield new Given.Missing<>("discovery: it is not this issuer's, or not in order");
        }
        metadata = read.get();
        metadataAt = now;
        yield new Given.Here<>(read.get());
      }
    };
  }

  /**
   * The keys.
   *
   * @param anew whether those that are known did not do
   */
  synchronized Given<JWKSet> keys(OidcMetadata found, boolean anew) {
    Instant now = clock.instant();
    boolean may = keysAt.isBefore(now.minus(KEYS_AT_MOST));
    if (keys != null && !(anew && may)) {
      return new Given.Here<>(keys);
    }
    return switch (document(found.keys())) {
      case Given.Missing<JsonNode>(String why) -> new Given.Missing<>("keys: " + why);
      case Given.Here<JsonNode>(JsonNode json) -> {
        try {
          JWKSet set = JWKSet.parse(json.toString());
          keys = set;
          keysAt = now;
          yield new Given.Here<>(set);
        } catch (ParseException e) {
          yield new Given.Missing<>("keys: they are no key set");
        }
      }
    };
  }

  private Given<JsonNode> document(URI url) {
    return switch (web.get(url, Map.of("Accept", "application/json"))) {
      case Web.Reply.Lost(String why) -> new Given.Missing<>(why);
      case Web.Reply.Got(int status, _, byte[] body) -> {
        Optional<JsonNode> json = status == 200 ? Json.read(body) : Optional.empty();
        yield json.isPresent()
            ? new Given.Here<>(json.get())
            : new Given.Missing<>("the answer was " + status + " or no JSON");
      }
    };
  }
}
