package dev.doorward.common.mcp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.doorward.common.mcp.HeaderAgreement.Agreed;
import dev.doorward.common.mcp.HeaderAgreement.Disagreed;
import dev.doorward.common.outcome.Reason;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HeaderAgreementTest {
  private static final String MODERN = "2026-07-28";

  @Test
  void withoutHeaderAndWithoutMetaIsAnOldClient() {
    assertThat(judge(Map.of(), request("initialize", null, null)))
        .isEqualTo(new Agreed(McpRevision.R2025_03_26));
  }

  @ParameterizedTest
  @ValueSource(strings = {"2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"})
  void mirroredHeadersOfOldRevisionsMeanNothing(String version) {
    var headers =
        Map.of("MCP-Protocol-Version", version, "Mcp-Method", "a", "Mcp-Name", "=?base64?!!?=");

    assertThat(judge(headers, request("tools/call", "echo", null)))
        .isEqualTo(new Agreed(McpRevision.parse(version).orElseThrow()));
  }

  @Test
  void modernRequestWhoseHeadersRepeatItsBodyIsFine() {
    assertThat(judge(modern("tools/call", "echo"), request("tools/call", "echo", MODERN)))
        .isEqualTo(new Agreed(McpRevision.R2026_07_28));
    assertThat(judge(modern("tools/list", null), request("tools/list", null, MODERN)))
        .isEqualTo(new Agreed(McpRevision.R2026_07_28));
    assertThat(
            judge(
                modern("resources/read", "=?base64?ZmlsZTovLy/DqQ==?="),
                request("resources/read", "file:///\u00e9", MODERN)))
        .isEqualTo(new Agreed(McpRevision.R2026_07_28));
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      value = {
        // version header, method header, name header, method, target, version in the body
        "-, tools/call, echo, tools/call, echo, 2026-07-28",
        "2025-11-25, tools/call, echo, tools/call, echo, 2026-07-28",
        "2026-07-28, tools/call, echo, tools/call, echo, 2025-11-25",
        "2099-01-01, tools/call, echo, tools/call, echo, 2026-07-28",
        "2026-07-28, -, echo, tools/call, echo, 2026-07-28",
        "2026-07-28, Tools/Call, echo, tools/call, echo, 2026-07-28",
        "2026-07-28, tools/list, echo, tools/call, echo, 2026-07-28",
        "2026-07-28, tools/call, -, tools/call, echo, 2026-07-28",
        "2026-07-28, tools/call, Echo, tools/call, echo, 2026-07-28",
        "2026-07-28, tools/call, other, tools/call, echo, 2026-07-28",
        "2026-07-28, tools/call, echo, tools/call, -, 2026-07-28",
        "2026-07-28, tools/call, =?base64?b3RoZXI=?=, tools/call, echo, 2026-07-28",
        "2026-07-28, tools/call, =?base64?ZWNobw?==?=, tools/call, echo, 2026-07-28",
        "2026-07-28, tools/call, =?BASE64?ZWNobw==?=, tools/call, echo, 2026-07-28",
        "2026-07-28, tools/call, =?base64?/w==?=, tools/call, echo, 2026-07-28",
        "2026-07-28, tools/call, ech\u00f6, tools/call, ech\u00f6, 2026-07-28",
        "2026-07-28, tasks/get, other, tasks/get, task, 2026-07-28",
      })
  void headersThatDifferFromTheBodyAreRefused(
      @Nullable String versionHeader,
      @Nullable String methodHeader,
      @Nullable String nameHeader,
      String method,
      @Nullable String target,
      @Nullable String metaVersion) {
    var headers = new TreeMap<String, String>();
    put(headers, "MCP-Protocol-Version", versionHeader);
    put(headers, "Mcp-Method", methodHeader);
    put(headers, "Mcp-Name", nameHeader);

    assertThat(reason(judge(headers, request(method, target, metaVersion))))
        .isEqualTo(Reason.MCP_HEADER_MISMATCH);
  }

  @ParameterizedTest
  @ValueSource(strings = {"2099-01-01", "1.0", "", "2025-11-25 ", "DRAFT-2026-v1"})
  void unknownRevisionIsToldApartFromAMismatch(String version) {
    var headers = Map.of("MCP-Protocol-Version", version);

    assertThat(reason(judge(headers, request("tools/list", null, null))))
        .isEqualTo(Reason.MCP_VERSION_UNSUPPORTED);
    assertThat(reason(judge(headers, request("tools/list", null, version))))
        .isEqualTo(Reason.MCP_VERSION_UNSUPPORTED);
  }

  /** The server answers it itself, with -32602, and clients tell servers by that answer. */
  @Test
  void bodyWithoutItsRevisionIsLeftToTheServerButItsNameMustAgree() {
    assertThat(judge(modern("tools/call", "echo"), request("tools/call", "echo", null)))
        .isEqualTo(new Agreed(McpRevision.R2026_07_28));
    assertThat(reason(judge(modern("tools/call", "other"), request("tools/call", "echo", null))))
        .isEqualTo(Reason.MCP_HEADER_MISMATCH);
  }

  @Test
  void batchIsForOneRevisionOnly() {
    var batch = new McpMessage.Batch(List.of(new McpMessage.Notification("a", null)));

    assertThat(judge(Map.of(), batch)).isEqualTo(new Agreed(McpRevision.R2025_03_26));
    assertThat(judge(Map.of("mcp-protocol-version", "2025-03-26"), batch))
        .isEqualTo(new Agreed(McpRevision.R2025_03_26));
    for (String version : List.of("2024-11-05", "2025-06-18", "2025-11-25", MODERN)) {
      assertThat(reason(judge(Map.of("mcp-protocol-version", version), batch)))
          .as(version)
          .isEqualTo(Reason.MCP_BATCH_REFUSED);
    }
  }

  @Test
  void batchThatHidesAModernMessageIsRefused() {
    var batch =
        new McpMessage.Batch(
            List.of(new McpMessage.Notification("a", null), request("tools/list", null, MODERN)));

    assertThat(reason(judge(Map.of(), batch))).isEqualTo(Reason.MCP_HEADER_MISMATCH);
  }

  @Test
  void notificationNeedsNoMirrorButAWrongOneIsRefused() {
    var notification = new McpMessage.Notification("notifications/x", null);

    assertThat(judge(Map.of("mcp-protocol-version", MODERN), notification))
        .isInstanceOf(Agreed.class);
    assertThat(reason(judge(modern("notifications/y", null), notification)))
        .isEqualTo(Reason.MCP_HEADER_MISMATCH);
  }

  @Test
  void repeatedHeaderIsRefused() {
    McpHeaders headers =
        McpHeaders.of(
            name -> name.equals("mcp-protocol-version") ? List.of(MODERN, MODERN) : List.of());

    assertThat(reason(HeaderAgreement.judge(headers, request("tools/list", null, MODERN))))
        .isEqualTo(Reason.MCP_HEADER_MISMATCH);
  }

  @ParameterizedTest
  @CsvSource(
      nullValues = "-",
      ignoreLeadingAndTrailingWhitespace = false,
      value = {
        "us-west1,us-west1",
        "=?base64?SGVsbG8sIOS4lueVjA==?=,'Hello, \u4e16\u754c'",
        "=?base64?IHBhZGRlZCA=?=,' padded '",
        "=?base64?PT9iYXNlNjQ/bGl0ZXJhbD89?=,=?base64?literal?=",
        "=?base64??=,''",
        "=?base64?=,=?base64?=",
        "=?base64?*?=,-",
        "=?base64?gA==?=,-",
      })
  void valuesAreDecodedAsTheSpecificationSays(String value, @Nullable String expected) {
    assertThat(McpHeaders.decode(value).orElse(null)).isEqualTo(expected);
  }

  private static void put(Map<String, String> headers, String name, @Nullable String value) {
    if (value != null) {
      headers.put(name, value);
    }
  }

  private static Map<String, String> modern(String method, @Nullable String name) {
    var headers = new TreeMap<String, String>();
    headers.put("MCP-Protocol-Version", MODERN);
    headers.put("Mcp-Method", method);
    put(headers, "Mcp-Name", name);
    return headers;
  }

  private static McpMessage.Request request(
      String method, @Nullable String target, @Nullable String metaVersion) {
    return new McpMessage.Request(new MessageId("1", true), method, target, metaVersion, null);
  }

  private static HeaderAgreement judge(Map<String, String> headers, McpMessage message) {
    var byName = new TreeMap<String, String>();
    headers.forEach((name, value) -> byName.put(name.toLowerCase(Locale.ROOT), value));
    return HeaderAgreement.judge(
        McpHeaders.of(name -> {
          String value = byName.get(name);
          return value == null ? List.of() : List.of(value);
        }),
        message);
  }

  private static @Nullable Reason reason(HeaderAgreement agreement) {
    return switch (agreement) {
      case Agreed _ -> null;
      case Disagreed disagreed -> disagreed.reason();
    };
  }
}
