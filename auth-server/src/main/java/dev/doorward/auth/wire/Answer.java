package dev.doorward.auth.wire;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.doorward.common.outcome.Problem;
import dev.doorward.common.outcome.Reason;
import java.util.Arrays;
import java.util.List;

/**
 * The answer to an {@link Ask}.
 *
 * @param instance the run of the auth-server
 * @param seq how far its feed was when this was written: an edge that has read so far knows
 *     everything that the answer brought about
 * @param told what it is
 */
public record Answer(String instance, long seq, Told told) {
  /** Largest answer, in bytes. */
  public static final int MAX = 4 * 1024 * 1024;

  /** What an answer says. */
  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "is")
  @JsonSubTypes({
    @JsonSubTypes.Type(value = Reply.class, name = "reply"),
    @JsonSubTypes.Type(value = Token.class, name = "token"),
    @JsonSubTypes.Type(value = Chain.class, name = "chain"),
    @JsonSubTypes.Type(value = Done.class, name = "done"),
    @JsonSubTypes.Type(value = Refused.class, name = "refused")
  })
  public sealed interface Told {}

  /** The answer to a client. */
  public record Reply(int status, List<Header> headers, byte[] body) implements Told {
    /** Copies the headers. */
    public Reply {
      headers = List.copyOf(headers);
    }
  }

  /** A response header. */
  public record Header(String name, String value) {}

  /** A JWT in the place of a personal access token. */
  public record Token(String jwt) implements Told {
    @Override
    public String toString() {
      return "Token[***]";
    }
  }

  /**
   * Certificates in DER, the leaf first.
   *
   * @param agent whose they are; empty for those of an edge
   * @param services what the agent is bound to
   */
  public record Chain(String agent, List<byte[]> certificates, List<String> services)
      implements Told {
    /** Copies the lists. */
    public Chain {
      certificates = List.copyOf(certificates);
      services = List.copyOf(services);
    }
  }

  /** It was done. */
  public record Done() implements Told {}

  /** It was not done. */
  public record Refused(String reason, String text) implements Told {
    /** As a problem; what this version has no code for is internal. */
    public Problem problem() {
      Reason known =
          Arrays.stream(Reason.values())
              .filter(r -> r.code().equals(reason))
              .findFirst()
              .orElse(Reason.INTERNAL);
      return new Problem(known, text);
    }
  }
}
