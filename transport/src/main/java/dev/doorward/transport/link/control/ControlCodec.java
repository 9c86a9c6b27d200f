package dev.doorward.transport.link.control;

import dev.doorward.common.identity.ServiceName;
import dev.doorward.transport.link.control.ControlMessage.AgentHello;
import dev.doorward.transport.link.control.ControlMessage.Drain;
import dev.doorward.transport.link.control.ControlMessage.Echo;
import dev.doorward.transport.link.control.ControlMessage.Echoed;
import dev.doorward.transport.link.control.ControlMessage.EdgeHello;
import dev.doorward.transport.link.control.ControlMessage.FromAgent;
import dev.doorward.transport.link.control.ControlMessage.FromBoth;
import dev.doorward.transport.link.control.ControlMessage.FromEdge;
import dev.doorward.transport.link.control.ControlMessage.Granted;
import dev.doorward.transport.link.control.ControlMessage.Health;
import dev.doorward.transport.link.control.ControlMessage.Keys;
import dev.doorward.transport.link.control.ControlMessage.Refused;
import dev.doorward.transport.link.control.ControlMessage.Renew;
import dev.doorward.transport.link.control.ControlMessage.RenewalRefused;
import dev.doorward.transport.link.control.ControlMessage.Renewed;
import dev.doorward.transport.link.control.ControlMessage.Services;
import dev.doorward.transport.link.control.ControlMessage.Welcome;
import dev.doorward.transport.link.control.JsonFields.Shape;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The JSON form of {@link ControlMessage}, a line each. Decoding bounds every member; an encoded
 * message decodes to itself.
 */
public final class ControlCodec {
  /** Longest message with its line feed, in bytes. */
  public static final int MAX_BYTES = 64 * 1024;

  /** Most services that an agent offers. */
  public static final int MAX_SERVICES = 256;

  /** Longest key statement, in characters. */
  public static final int MAX_STATEMENT = 32 * 1024;

  /** Longest base64 of a certificate or request, in characters. */
  public static final int MAX_DER = 8 * 1024;

  /** Most certificates in a chain. */
  public static final int MAX_CHAIN = 4;

  private static final Set<String> TYPES =
      Set.of(
          "hello",
          "welcome",
          "services",
          "granted",
          "health",
          "keys",
          "echo",
          "echoed",
          "renew",
          "renewed",
          "renewal-refused",
          "drain",
          "refused");
  private static final long MAX_ID = 1L << 53;
  private static final int MAX_INDEX = 7;
  private static final int MAX_SOFTWARE = 64;
  private static final int MAX_REASON = 64;
  private static final int MAX_TEXT = 512;
  private static final int MAX_GRACE = 600;
  private static final Pattern INSTANCE = Pattern.compile("[A-Za-z0-9_-]{16,64}");

  private ControlCodec() {}

  /** What a line is. */
  public sealed interface Decoded<M extends ControlMessage> {
    /** A message that the sender may send. */
    record Message<M extends ControlMessage>(M message) implements Decoded<M> {}

    /** An object of a type that this version does not know; skip it. */
    record Unknown<M extends ControlMessage>() implements Decoded<M> {}

    /** Not a message, out of bounds, or not this sender's to send; end the link. */
    record Violation<M extends ControlMessage>() implements Decoded<M> {}
  }

  /** Reads a line that the edge sent, without its line feed. */
  public static Decoded<FromEdge> fromEdge(byte[] line) {
    JsonFields fields = line.length < MAX_BYTES ? JsonFields.parse(line) : null;
    if (fields == null) {
      return new Decoded.Violation<>();
    }
    try {
      String type = fields.text("type", MAX_REASON);
      FromEdge message = ofEdge(type, fields);
      if (message != null) {
        return new Decoded.Message<>(message);
      }
      return TYPES.contains(type) ? new Decoded.Violation<>() : new Decoded.Unknown<>();
    } catch (Shape e) {
      return new Decoded.Violation<>();
    }
  }

  /** Reads a line that the agent sent, without its line feed. */
  public static Decoded<FromAgent> fromAgent(byte[] line) {
    JsonFields fields = line.length < MAX_BYTES ? JsonFields.parse(line) : null;
    if (fields == null) {
      return new Decoded.Violation<>();
    }
    try {
      String type = fields.text("type", MAX_REASON);
      FromAgent message = ofAgent(type, fields);
      if (message != null) {
        return new Decoded.Message<>(message);
      }
      return TYPES.contains(type) ? new Decoded.Violation<>() : new Decoded.Unknown<>();
    } catch (Shape e) {
      return new Decoded.Violation<>();
    }
  }

  private static @Nullable FromEdge ofEdge(String type, JsonFields fields) throws Shape {
    return switch (type) {
      case "hello" ->
          new EdgeHello(
              versions(fields),
              fields.text("software", MAX_SOFTWARE),
              fields.text("issuer", 512),
              fields.text("keys", MAX_STATEMENT));
      case "welcome" ->
          new Welcome(
              (int) fields.number("version", 1, Versions.LIMIT),
              fields.text("link", 64),
              services(fields));
      case "granted" -> new Granted(services(fields));
      case "keys" -> new Keys(fields.text("keys", MAX_STATEMENT));
      case "renewed" -> new Renewed(fields.texts("chain", 1, MAX_CHAIN, MAX_DER));
      case "renewal-refused" ->
          new RenewalRefused(fields.text("reason", MAX_REASON), fields.text("text", MAX_TEXT));
      default -> ofBoth(type, fields);
    };
  }

  private static @Nullable FromAgent ofAgent(String type, JsonFields fields) throws Shape {
    return switch (type) {
      case "hello" ->
          new AgentHello(
              versions(fields),
              fields.text("software", MAX_SOFTWARE),
              instance(fields),
              (int) fields.number("index", 0, MAX_INDEX),
              services(fields));
      case "services" -> new Services(services(fields));
      case "health" -> new Health(service(fields.text("service", 32)), fields.flag("up"));
      case "renew" -> new Renew(fields.text("csr", MAX_DER));
      default -> ofBoth(type, fields);
    };
  }

  private static @Nullable FromBoth ofBoth(String type, JsonFields fields) throws Shape {
    return switch (type) {
      case "echo" -> new Echo(fields.number("id", 0, MAX_ID));
      case "echoed" -> new Echoed(fields.number("id", 0, MAX_ID));
      case "drain" ->
          new Drain(fields.text("reason", MAX_REASON), (int) fields.number("grace", 0, MAX_GRACE));
      case "refused" ->
          new Refused(fields.text("reason", MAX_REASON), fields.text("text", MAX_TEXT));
      default -> null;
    };
  }

  private static Versions versions(JsonFields fields) throws Shape {
    int min = (int) fields.number("min", 1, Versions.LIMIT);
    return new Versions(min, (int) fields.number("max", min, Versions.LIMIT));
  }

  private static String instance(JsonFields fields) throws Shape {
    String instance = fields.text("instance", 64);
    if (!INSTANCE.matcher(instance).matches()) {
      throw new Shape();
    }
    return instance;
  }

  private static Set<ServiceName> services(JsonFields fields) throws Shape {
    Set<ServiceName> services = new LinkedHashSet<>();
    for (String name : fields.texts("services", 0, MAX_SERVICES, 32)) {
      services.add(service(name));
    }
    return services;
  }

  private static ServiceName service(String name) throws Shape {
    if (!ServiceName.isValid(name)) {
      throw new Shape();
    }
    return new ServiceName(name);
  }

  /** The line to send, line feed included. */
  public static byte[] encode(ControlMessage message) {
    return JsonLine.write(json -> {
      switch (message) {
        case EdgeHello m -> {
          json.text("type", "hello").versions(m.versions()).text("software", m.software());
          json.text("issuer", m.issuer()).text("keys", m.keys());
        }
        case AgentHello m -> {
          json.text("type", "hello").versions(m.versions()).text("software", m.software());
          json.text("instance", m.instance()).number("index", m.index());
          json.services(m.services());
        }
        case Welcome m ->
            json.text("type", "welcome")
                .number("version", m.version())
                .text("link", m.link())
                .services(m.services());
        case Services m -> json.text("type", "services").services(m.services());
        case Granted m -> json.text("type", "granted").services(m.services());
        case Health m ->
            json.text("type", "health").text("service", m.service().value()).flag("up", m.up());
        case Keys m -> json.text("type", "keys").text("keys", m.keys());
        case Echo m -> json.text("type", "echo").number("id", m.id());
        case Echoed m -> json.text("type", "echoed").number("id", m.id());
        case Renew m -> json.text("type", "renew").text("csr", m.csr());
        case Renewed m -> json.text("type", "renewed").texts("chain", m.chain());
        case RenewalRefused m ->
            json.text("type", "renewal-refused").text("reason", m.reason()).text("text", m.text());
        case Drain m ->
            json.text("type", "drain").text("reason", m.reason()).number("grace", m.grace());
        case Refused m ->
            json.text("type", "refused").text("reason", m.reason()).text("text", m.text());
      }
    });
  }
}
