package dev.doorward.common.mcp;

import dev.doorward.common.outcome.Reason;
import java.nio.ByteBuffer;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadConstraints;
import tools.jackson.core.TokenStreamFactory;
import tools.jackson.core.exc.StreamConstraintsException;
import tools.jackson.core.json.JsonFactory;
import tools.jackson.core.util.JsonRecyclerPools;

/**
 * Looks into the body of a POST to an MCP endpoint, without building a tree of it and without
 * changing it, so that the bytes that were judged are the bytes that are forwarded. Strict: what
 * two parsers could read in two ways is refused. Safe on any thread; never blocks.
 */
public final class McpPeek {
  /** What the body is. */
  public sealed interface Result {
    /** It is a message. */
    record Peeked(McpMessage message) implements Result {}

    /** It must not be forwarded; the reason is one of {@code JSON_*} or MCP_NOT_A_MESSAGE. */
    record Refused(Reason reason) implements Result {}
  }

  private final PeekLimits limits;
  private final JsonFactory factory;

  /** Makes a reader that many calls share. */
  public McpPeek(PeekLimits limits) {
    this.limits = limits;
    this.factory =
        JsonFactory.builder()
            .recyclerPool(JsonRecyclerPools.threadLocalPool())
            .disable(TokenStreamFactory.Feature.CHARSET_DETECTION)
            .streamReadConstraints(
                StreamReadConstraints.builder()
                    .maxDocumentLength(limits.bodyBytes())
                    .maxNestingDepth(limits.depth() + 1)
                    .maxNameLength(limits.keyChars())
                    .maxNumberLength(limits.numberChars())
                    .maxStringLength(limits.stringBytes())
                    .maxTokenCount(limits.tokens())
                    .build())
            .build();
  }

  /**
   * Reads from position to limit; neither is moved. A direct buffer is read through a temporary
   * copy.
   */
  public Result peek(ByteBuffer body) {
    int length = body.remaining();
    if (length > limits.bodyBytes()) {
      return new Result.Refused(Reason.HTTP_BODY_TOO_LARGE);
    }
    if (body.hasArray()) {
      return peek(body.array(), body.arrayOffset() + body.position(), length);
    }
    byte[] copy = new byte[length];
    body.get(body.position(), copy);
    return peek(copy, 0, length);
  }

  /** Reads {@code length} bytes from {@code offset}. */
  public Result peek(byte[] body, int offset, int length) {
    if (length > limits.bodyBytes()) {
      return new Result.Refused(Reason.HTTP_BODY_TOO_LARGE);
    }
    Reason fault = JsonBytes.fault(body, offset, offset + length, limits.stringBytes());
    if (fault != null) {
      return new Result.Refused(fault);
    }
    try (JsonParser parser =
        factory.createParser(ObjectReadContext.empty(), body, offset, length)) {
      return new Result.Peeked(new MessageReader(parser, limits).readAll());
    } catch (Refusal refusal) {
      return new Result.Refused(refusal.reason());
    } catch (StreamConstraintsException e) {
      return new Result.Refused(Reason.JSON_TOO_LARGE);
    } catch (JacksonException e) {
      return new Result.Refused(Reason.JSON_MALFORMED);
    }
  }
}
