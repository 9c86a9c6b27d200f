package dev.doorward.testbed.sample;

import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.modelcontextprotocol.json.McpJsonMapper;
import io.modelcontextprotocol.json.jackson3.JacksonMcpJsonMapper;
import io.modelcontextprotocol.spec.McpSchema.ElicitFormRequest;
import io.modelcontextprotocol.spec.McpSchema.ElicitRequest;
import tools.jackson.databind.json.JsonMapper;

/**
 * The JSON mapper for the MCP Java SDK. The SDK's 2.1.0 declares the mode of an elicitation twice,
 * as type id and as property, which Jackson refuses since 3.2 (jackson-databind#1410); here it is
 * said once.
 */
public final class McpJson {
  @JsonTypeInfo(
      use = JsonTypeInfo.Id.NAME,
      include = JsonTypeInfo.As.EXISTING_PROPERTY,
      property = "mode",
      defaultImpl = ElicitFormRequest.class)
  private interface ModeIsAProperty {}

  private McpJson() {}

  /** A mapper for clients and servers. */
  public static McpJsonMapper mapper() {
    return new JacksonMcpJsonMapper(
        JsonMapper.builder().addMixIn(ElicitRequest.class, ModeIsAProperty.class).build());
  }
}
