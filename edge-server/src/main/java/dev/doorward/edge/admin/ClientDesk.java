package dev.doorward.edge.admin;

import dev.doorward.common.outcome.Outcome;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the operator can do about clients: texts as they were typed, checked here, and records that
 * are written as JSON. Blocks on storage.
 */
public interface ClientDesk {
  /**
   * A client.
   *
   * @param origin {@code registered}, {@code document} or {@code operator}
   * @param method how it authenticates, as the protocol names it
   * @param services what it may use by itself
   * @param pushes whether its authorization requests must be pushed
   * @param usedAt when somebody first allowed it something, or it was added; null for never
   */
  record ClientView(
      String id,
      String name,
      String origin,
      String method,
      List<String> redirects,
      List<String> services,
      boolean pushes,
      Instant createdAt,
      @Nullable Instant usedAt) {}

  /** A client that was added; the secret is shown this once and empty where it has none. */
  record ClientSecret(ClientView client, String secret) {}

  /**
   * A client to be.
   *
   * @param keys JWK set of its public keys, or empty
   */
  record Wanted(
      String name,
      List<String> redirects,
      List<String> services,
      String method,
      String keys,
      boolean pushes) {}

  /** All clients, newest first. */
  List<ClientView> clients();

  /** One client. */
  Outcome<ClientView> client(String id);

  /** Adds one. */
  Outcome<ClientSecret> addClient(Wanted wanted);

  /** Removes one with every grant and token. */
  Outcome<ClientView> removeClient(String id);
}
