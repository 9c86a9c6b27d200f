package dev.doorward.transport.link.control;

import dev.doorward.common.identity.ServiceName;
import java.io.ByteArrayOutputStream;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/** Writes one flat JSON object and a line feed; the twin of {@link JsonFields}. */
final class JsonLine {
  private static final JsonFactory JSON = new JsonFactory();

  private final JsonGenerator generator;

  private JsonLine(JsonGenerator generator) {
    this.generator = generator;
  }

  static byte[] write(Consumer<JsonLine> members) {
    ByteArrayOutputStream out = new ByteArrayOutputStream(128);
    try (JsonGenerator generator = JSON.createGenerator(ObjectWriteContext.empty(), out)) {
      generator.writeStartObject();
      members.accept(new JsonLine(generator));
      generator.writeEndObject();
    }
    out.write('\n');
    return out.toByteArray();
  }

  JsonLine text(String name, String value) {
    generator.writeStringProperty(name, value);
    return this;
  }

  JsonLine number(String name, long value) {
    generator.writeNumberProperty(name, value);
    return this;
  }

  JsonLine flag(String name, boolean value) {
    generator.writeBooleanProperty(name, value);
    return this;
  }

  JsonLine texts(String name, List<String> values) {
    generator.writeArrayPropertyStart(name);
    for (String value : values) {
      generator.writeString(value);
    }
    generator.writeEndArray();
    return this;
  }

  /** In the order of their names, so that equal messages are equal bytes. */
  JsonLine services(Set<ServiceName> services) {
    return texts("services", services.stream().map(ServiceName::value).sorted().toList());
  }

  JsonLine versions(Versions versions) {
    return number("min", versions.min()).number("max", versions.max());
  }
}
