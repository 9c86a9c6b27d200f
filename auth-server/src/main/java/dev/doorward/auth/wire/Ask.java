package dev.doorward.auth.wire;

import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * What an edge asks. Each is one HTTP/1.1 POST to its {@link Path}, whose body is the record as
 * JSON; nothing of a client is ever a header or a target of that request.
 */
public sealed interface Ask {
  /** Largest body of a request, in bytes. */
  int MAX = 512 * 1024;

  /** The targets, and what is in the body of each. */
  enum Path {
    /** A request of a client. */
    CALL("/v1/call", Call.class),
    /** A personal access token for a JWT. */
    EXCHANGE("/v1/exchange", Exchange.class),
    /** A certificate for a key of the edge's own. */
    CERTIFICATE("/v1/certificate", Certificate.class),
    /** An invite of an agent for a certificate. */
    ENROL("/v1/enrol", Enrol.class),
    /** A certificate for an agent whose old one has ended. */
    REVIVE("/v1/revive", Revive.class),
    /** A fresh certificate for an agent. */
    RENEW("/v1/renew", Renew.class),
    /** Which services an agent offers. */
    OFFERED("/v1/offered", Offered.class),
    /** The feed: an answer without end, a {@link FeedLine} a line. */
    FEED("/v1/feed", Feed.class),
    /** An invite of an edge for a certificate; the only one without a certificate. */
    JOIN("/v1/join", Join.class);

    private final String target;
    private final Class<? extends Ask> type;

    Path(String target, Class<? extends Ask> type) {
      this.target = target;
      this.type = type;
    }

    /** The request target. */
    public String target() {
      return target;
    }

    /** The record in the body. */
    public Class<? extends Ask> type() {
      return type;
    }
  }

  /** Where this goes. */
  default Path at() {
    return switch (this) {
      case Call _ -> Path.CALL;
      case Exchange _ -> Path.EXCHANGE;
      case Certificate _ -> Path.CERTIFICATE;
      case Enrol _ -> Path.ENROL;
      case Renew _ -> Path.RENEW;
      case Revive _ -> Path.REVIVE;
      case Offered _ -> Path.OFFERED;
      case Feed _ -> Path.FEED;
      case Join _ -> Path.JOIN;
    };
  }

  /**
   * A client's request as the edge has validated it.
   *
   * @param query none or one: the raw query
   * @param headers by lower-case name
   * @param remote the client's address as a literal; the edge's word for it
   */
  record Call(
      String method,
      String path,
      List<String> query,
      Map<String, List<String>> headers,
      byte[] body,
      String remote)
      implements Ask {
    /** Copies everything; refuses null. */
    public Call {
      query = List.copyOf(query);
      headers = Map.copyOf(headers);
      headers.values().forEach(Objects::requireNonNull);
    }
  }

  /** A personal access token and the resource that it came to. */
  record Exchange(String token, String audience) implements Ask {
    @Override
    public String toString() {
      return "Exchange[token=***, audience=" + audience + "]";
    }
  }

  /** What a certificate of the edge's own is for. */
  enum Purpose {
    /** Links and enrolment of agents. */
    LINK,
    /** The public name, where the operator has no other certificate. */
    PUBLIC,
    /** This very connection. */
    EDGE
  }

  /** A PKCS#10 request, whose names count for nothing. */
  record Certificate(Purpose purpose, byte[] csr) implements Ask {}

  /**
   * An invite of an agent and its request.
   *
   * @param remote the agent's address as a literal; the edge's word for it
   */
  record Enrol(String invite, String secret, byte[] csr, String remote) implements Ask {
    @Override
    public String toString() {
      return "Enrol[invite=" + invite + ", secret=***]";
    }
  }

  /**
   * An agent whose link is authenticated.
   *
   * @param key fingerprint of that key, in hex
   */
  record Renew(String agent, String key, byte[] csr) implements Ask {}

  /** An agent without a link, and the request that its key has signed. */
  record Revive(String agent, byte[] csr) implements Ask {}

  /** What an agent offers. */
  record Offered(String agent, List<String> services) implements Ask {
    /** Copies the services. */
    public Offered {
      services = List.copyOf(services);
    }
  }

  /** The version of the one who asks. */
  record Feed(String version) implements Ask {}

  /** An invite of an edge and its request. */
  record Join(String invite, String secret, byte[] csr) implements Ask {
    @Override
    public String toString() {
      return "Join[invite=" + invite + ", secret=***]";
    }
  }
}
