package dev.doorward.auth.login;

import dev.doorward.auth.engine.AuthCall;
import dev.doorward.auth.engine.AuthReply.Header;
import dev.doorward.auth.engine.Ground;
import dev.doorward.auth.engine.Network;
import dev.doorward.auth.store.PersonRow;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Handle;

/** Opens the session of a person who has proved who they are, and writes that down. */
public final class Entrance {
  private final Ground ground;
  private final Sessions sessions;
  private final Runnable changed;

  /**
   * An entrance to {@code sessions}.
   *
   * @param changed called after somebody new has come in
   */
  public Entrance(Ground ground, Sessions sessions, Runnable changed) {
    this.ground = ground;
    this.sessions = sessions;
    this.changed = changed;
  }

  /** Somebody new has come in, durably. */
  public void peopleChanged() {
    changed.run();
  }

  /**
   * Opens a session.
   *
   * @param via names the provider or the passkey, or is empty
   * @return the cookies to set
   */
  public List<Header> open(Handle h, AuthCall call, PersonRow person, Method method, String via) {
    Map<String, String> fields = new LinkedHashMap<>();
    fields.put("subject", person.subject().value());
    fields.put("person", person.name());
    fields.put("network", Network.of(call.remote()).prefix());
    fields.put("method", method.code());
    if (!via.isEmpty()) {
      fields.put("via", via);
    }
    List<Header> cookies = sessions.open(h, call, person.subject(), method);
    ground.journal().note("sign_in", fields);
    return cookies;
  }
}
