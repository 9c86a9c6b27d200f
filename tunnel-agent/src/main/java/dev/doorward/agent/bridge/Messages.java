package dev.doorward.agent.bridge;

import java.nio.charset.StandardCharsets;

/** The messages that a bridge writes itself. Texts given to it hold no quotes and no controls. */
final class Messages {
  /** JSON-RPC: the method is not there. */
  static final int METHOD_NOT_FOUND = -32601;

  /** JSON-RPC: what was asked cannot be done here. */
  static final int INVALID_REQUEST = -32600;

  /** JSON-RPC: the receiver failed. */
  static final int INTERNAL_ERROR = -32603;

  private Messages() {}

  /** A response with an error; {@code id} as it is written in JSON. */
  static byte[] error(String id, int code, String text) {
    return bytes(
        "{\"jsonrpc\":\"2.0\",\"id\":"
            + id
            + ",\"error\":{\"code\":"
            + code
            + ",\"message\":\""
            + text
            + "\"}}");
  }

  /** The error of a revision that is not supported, with those that are, in JSON. */
  static byte[] unsupported(String id, String supported) {
    return bytes(
        "{\"jsonrpc\":\"2.0\",\"id\":"
            + id
            + ",\"error\":{\"code\":-32022,\"message\":"
            + "\"Unsupported protocol version\",\"data\":{\"supported\":"
            + supported
            + "}}}");
  }

  /** A response; {@code result} is JSON. */
  static byte[] result(String id, String result) {
    return bytes("{\"jsonrpc\":\"2.0\",\"id\":" + id + ",\"result\":" + result + "}");
  }

  /** A request; {@code params} is JSON. */
  static byte[] request(long id, String method, String params) {
    return bytes(
        "{\"jsonrpc\":\"2.0\",\"id\":"
            + id
            + ",\"method\":\""
            + method
            + "\",\"params\":"
            + params
            + "}");
  }

  /** A notification; {@code params} is JSON. */
  static byte[] notification(String method, String params) {
    return bytes("{\"jsonrpc\":\"2.0\",\"method\":\"" + method + "\",\"params\":" + params + "}");
  }

  private static byte[] bytes(String json) {
    return json.getBytes(StandardCharsets.UTF_8);
  }
}
