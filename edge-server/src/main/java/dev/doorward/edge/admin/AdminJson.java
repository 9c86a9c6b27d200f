package dev.doorward.edge.admin;

import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.json.JsonMapper;

/** How the admin API writes JSON: snake_case names, times as ISO 8601 text. */
public final class AdminJson {
  /** The mapper that both ends use. */
  public static final JsonMapper MAPPER =
      JsonMapper.builder().propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE).build();

  private AdminJson() {}
}
