package dev.doorward.edge.admin;

import dev.doorward.common.outcome.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/**
 * What the operator can do about tokens and the keys that sign them: texts as they were typed,
 * checked here, and records that are written as JSON. Blocks on storage.
 */
public interface TokenDesk {
  /** A program that may ask what a token is worth. */
  record ResourceServerView(String name, String id, List<String> services, Instant createdAt) {}

  /** A new one with its secret, which is shown this once. */
  record ResourceServerSecret(ResourceServerView server, String secret) {}

  /**
   * A signing key.
   *
   * @param state {@code signing}, {@code next}, or {@code kept} for the tokens that it signed
   */
  record KeyView(String kid, String state, Instant signsFrom, Instant signsUntil) {}

  /**
   * A personal access token.
   *
   * @param usedAt when it was last exchanged, to some minutes; null for never
   */
  record PersonalTokenView(
      String id,
      String person,
      String name,
      String service,
      Instant createdAt,
      Instant expiresAt,
      @org.jspecify.annotations.Nullable Instant usedAt) {}

  /** A new one with its text, which is shown this once. */
  record PersonalTokenSecret(PersonalTokenView token, String secret) {}

  /** By how much the machine's clock was behind; zero where it was not. */
  record ClockView(long behindSeconds) {}

  /** All resource servers. */
  List<ResourceServerView> resourceServers();

  /** Adds one. */
  Outcome<ResourceServerSecret> addResourceServer(String name, List<String> services);

  /** Removes one. */
  Outcome<ResourceServerView> removeResourceServer(String name);

  /** The signing keys in the order of their turns. */
  List<KeyView> keys();

  /**
   * Makes the next signing key.
   *
   * @param now it signs at once, and every other key is worth nothing from this moment
   */
  List<KeyView> rotateKeys(boolean now);

  /** Personal access tokens of everybody. */
  List<PersonalTokenView> personalTokens();

  /** Makes one for a person and a service. */
  Outcome<PersonalTokenSecret> createPersonalToken(
      String person, String service, List<String> scopes, String name, Duration life);

  /** Ends one at once. */
  Outcome<PersonalTokenView> revokePersonalToken(String id);

  /** Who somebody is to an identity provider. */
  record EnterpriseView(String person, String issuer, String sub) {}

  /** Everybody who is linked to an identity provider. */
  List<EnterpriseView> enterprise();

  /** Links a person to what an identity provider calls them. */
  Outcome<EnterpriseView> link(String person, String issuer, String sub);

  /** Takes a link back. */
  Outcome<EnterpriseView> unlink(String issuer, String sub);

  /** By how much the machine's clock is behind the latest time seen. */
  ClockView clock();

  /** Takes the machine's clock for right; ends every sign-in. */
  ClockView acceptClock();
}
