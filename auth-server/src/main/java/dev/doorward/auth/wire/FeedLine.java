package dev.doorward.auth.wire;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.List;

/**
 * A line of the feed. First everything that there is, from {@link Hello} to {@link Whole}; then
 * each change, and {@link Beat} where nothing changes.
 *
 * @param seq grows by one with every change
 */
public record FeedLine(long seq, What what) {
  /** Longest line, in bytes. */
  public static final int MAX = 8 * 1024 * 1024;

  /** Most grants in a line. */
  public static final int GRANTS = 1000;

  /** How often a line comes at least, in milliseconds. */
  public static final long BEAT_MILLIS = 1000;

  /** What a line says. */
  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "is")
  @JsonSubTypes({
    @JsonSubTypes.Type(value = Hello.class, name = "hello"),
    @JsonSubTypes.Type(value = Keys.class, name = "keys"),
    @JsonSubTypes.Type(value = Holders.class, name = "holders"),
    @JsonSubTypes.Type(value = Agents.class, name = "agents"),
    @JsonSubTypes.Type(value = Begun.class, name = "begun"),
    @JsonSubTypes.Type(value = Ended.class, name = "ended"),
    @JsonSubTypes.Type(value = Whole.class, name = "whole"),
    @JsonSubTypes.Type(value = Beat.class, name = "beat")
  })
  public sealed interface What {}

  /**
   * Who speaks.
   *
   * @param instance the run of the auth-server; sequence numbers are its
   * @param root DER of the internal CA's certificate
   * @param adminSocket what the command line talks to, for an edge of this machine; else empty
   */
  public record Hello(
      String version,
      String instance,
      String issuer,
      byte[] root,
      List<Scope> scopes,
      String adminSocket)
      implements What {
    /** Copies the scopes. */
    public Hello {
      scopes = List.copyOf(scopes);
    }
  }

  /** A scope that tools of a service need. */
  public record Scope(String name, String service, List<String> tools) {
    /** Copies the tools. */
    public Scope {
      tools = List.copyOf(tools);
    }
  }

  /** The statement of the issuer's keys, signed by the internal CA (common.token.KeyStatement). */
  public record Keys(String statement) implements What {}

  /** Everybody who may use something. */
  public record Holders(List<Holder> holders) implements What {
    /** Copies the list. */
    public Holders {
      holders = List.copyOf(holders);
    }
  }

  /** Who may use something; every service where {@code all}. */
  public record Holder(String subject, boolean all, List<String> services) {
    /** Copies the services. */
    public Holder {
      services = List.copyOf(services);
    }
  }

  /** All agents and the services that were seen of them. */
  public record Agents(List<Agent> agents, List<String> services) implements What {
    /** Copies the lists. */
    public Agents {
      agents = List.copyOf(agents);
      services = List.copyOf(services);
    }
  }

  /** An agent; times are milliseconds, keys hex. */
  public record Agent(
      String id,
      List<String> keys,
      List<String> services,
      boolean revoked,
      long enrolledAt,
      long certificateEnds) {
    /** Copies the lists. */
    public Agent {
      keys = List.copyOf(keys);
      services = List.copyOf(services);
    }
  }

  /** Grants that exist. */
  public record Begun(List<String> grants) implements What {
    /** Copies the list. */
    public Begun {
      grants = List.copyOf(grants);
    }
  }

  /** Grants that are no more. */
  public record Ended(List<String> grants) implements What {
    /** Copies the list. */
    public Ended {
      grants = List.copyOf(grants);
    }
  }

  /** That was everything. */
  public record Whole() implements What {}

  /** Nothing has changed; {@code now} is the auth-server's time in milliseconds. */
  public record Beat(long now) implements What {}
}
