package dev.doorward.testbed.demo;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.URI;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServiceChoiceTest {
  @Test
  void urlIsToldFromACommand() {
    assertThat(ServiceChoice.parse(null)).isEqualTo(new ServiceChoice.Sample());
    assertThat(ServiceChoice.parse("http://127.0.0.1:3001/mcp"))
        .isEqualTo(new ServiceChoice.Url(URI.create("http://127.0.0.1:3001/mcp")));
    assertThat(ServiceChoice.parse("npx server-everything streamableHttp"))
        .isEqualTo(new ServiceChoice.Command("npx server-everything streamableHttp"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "  ", "http://", "http://a b/", "https://user@host/mcp", "http://h/#x"})
  void whatIsNeitherIsRefused(String text) {
    assertThatThrownBy(() -> ServiceChoice.parse(text))
        .isInstanceOf(DemoFailure.class)
        .hasMessageContaining("--service");
  }
}
