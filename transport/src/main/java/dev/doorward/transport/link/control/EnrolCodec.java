package dev.doorward.transport.link.control;

import dev.doorward.common.identity.AgentId;
import dev.doorward.common.identity.Secret;
import dev.doorward.common.identity.ServiceName;
import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Problem;
import dev.doorward.common.outcome.Reason;
import dev.doorward.transport.link.control.JsonFields.Shape;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** The JSON form of enrolment; every member is bounded. */
public final class EnrolCodec {
  /** Largest request body, in bytes. */
  public static final int MAX_REQUEST = 16 * 1024;

  /** Largest reply body, in bytes. */
  public static final int MAX_REPLY = 256 * 1024;

  private static final Pattern ID = Pattern.compile("[A-Za-z0-9_-]{1,64}");
  private static final Pattern SECRET = Pattern.compile("[A-Za-z0-9_-]{16,128}");

  private EnrolCodec() {}

  /** The body of {@code POST /enrol}. */
  public static byte[] encode(EnrolRequest request) {
    return JsonLine.write(json ->
        json.text("invite", request.invite())
            .text("secret", request.secret().reveal())
            .text("csr", Base64.getEncoder().encodeToString(request.csr()))
            .text("software", request.software()));
  }

  /** The body of {@code POST /renew}. */
  public static byte[] encode(RenewRequest request) {
    return JsonLine.write(json ->
        json.text("agent", request.agent().value())
            .text("csr", Base64.getEncoder().encodeToString(request.csr()))
            .text("software", request.software()));
  }

  /** The body of a 200. */
  public static byte[] encode(EnrolReply reply) {
    return JsonLine.write(json ->
        json.text("agent", reply.agent().value())
            .texts("chain", base64(reply.chain()))
            .services(reply.services())
            .text("issuer", reply.issuer())
            .text("keys", reply.keys()));
  }

  /** The body of any other status. */
  public static byte[] encode(Problem problem) {
    return JsonLine.write(
        json -> json.text("reason", problem.reason().code()).text("text", problem.text()));
  }

  /** Reads the body of {@code POST /enrol}; empty where it is not one. */
  public static Optional<EnrolRequest> request(byte[] body) {
    JsonFields fields = body.length <= MAX_REQUEST ? JsonFields.parse(body) : null;
    if (fields == null) {
      return Optional.empty();
    }
    try {
      String invite = fields.text("invite", 64);
      String secret = fields.text("secret", 128);
      if (!ID.matcher(invite).matches() || !SECRET.matcher(secret).matches()) {
        return Optional.empty();
      }
      byte[] csr = der(fields.text("csr", ControlCodec.MAX_DER));
      return Optional.of(
          new EnrolRequest(invite, new Secret(secret), csr, fields.text("software", 64)));
    } catch (Shape e) {
      return Optional.empty();
    }
  }

  /** Reads the body of {@code POST /renew}; empty where it is not one. */
  public static Optional<RenewRequest> renewal(byte[] body) {
    JsonFields fields = body.length <= MAX_REQUEST ? JsonFields.parse(body) : null;
    if (fields == null) {
      return Optional.empty();
    }
    try {
      String agent = fields.text("agent", 32);
      byte[] csr = der(fields.text("csr", ControlCodec.MAX_DER));
      String software = fields.text("software", 64);
      return AgentId.isValid(agent)
          ? Optional.of(new RenewRequest(new AgentId(agent), csr, software))
          : Optional.empty();
    } catch (Shape e) {
      return Optional.empty();
    }
  }

  /**
   * Reads the answer; where it is a refusal, its reason and text, which come from an edge that the
   * invite's pin has proved.
   */
  public static Outcome<EnrolReply> reply(int status, byte[] body) {
    JsonFields fields = body.length <= MAX_REPLY ? JsonFields.parse(body) : null;
    if (fields == null) {
      return unreadable();
    }
    try {
      if (status != 200) {
        String code = fields.text("reason", 64);
        String text = fields.text("text", 512);
        return Outcome.failed(Reasons.find(code).orElse(Reason.INTERNAL), printable(text));
      }
      List<byte[]> chain = new ArrayList<>();
      for (String der : fields.texts("chain", 2, ControlCodec.MAX_CHAIN, ControlCodec.MAX_DER)) {
        chain.add(der(der));
      }
      String agent = fields.text("agent", 32);
      if (!AgentId.isValid(agent)) {
        return unreadable();
      }
      Set<ServiceName> services = new LinkedHashSet<>();
      for (String name : fields.texts("services", 0, ControlCodec.MAX_SERVICES, 32)) {
        services.add(ServiceName.parse(name).orElseThrow(Shape::new));
      }
      return Outcome.ok(
          new EnrolReply(
              new AgentId(agent),
              chain,
              services,
              fields.text("issuer", 512),
              fields.text("keys", ControlCodec.MAX_STATEMENT)));
    } catch (Shape e) {
      return unreadable();
    }
  }

  private static Outcome<EnrolReply> unreadable() {
    return Outcome.failed(
        Reason.LINK_PROTOCOL_VIOLATION,
        "The edge answered with something that this agent does not understand; update the agent or"
            + " the edge.");
  }

  private static byte[] der(String base64) throws Shape {
    try {
      return Base64.getDecoder().decode(base64);
    } catch (IllegalArgumentException e) {
      throw new Shape();
    }
  }

  private static List<String> base64(List<byte[]> ders) {
    return ders.stream().map(Base64.getEncoder()::encodeToString).toList();
  }

  private static String printable(String text) {
    StringBuilder out = new StringBuilder(text.length());
    text.codePoints().map(c -> c < 0x20 || c == 0x7f ? ' ' : c).forEach(out::appendCodePoint);
    return out.toString();
  }
}
