package dev.doorward.auth.upstream;

import com.nimbusds.jwt.JWTClaimsSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** What a provider says of a person; a claim of another kind than it should be is not there. */
record Claims(Map<String, Object> values) {
  Claims {
    values = Map.copyOf(values);
  }

  /** Those of an ID token; null is as good as none. */
  static Claims of(JWTClaimsSet token) {
    Map<String, Object> present = new HashMap<>(token.getClaims());
    present.values().removeIf(Objects::isNull);
    return new Claims(present);
  }

  /** The same, and what the UserInfo answer says besides; the token's own claims stay. */
  Claims and(JsonNode more) {
    Map<String, Object> all = new HashMap<>();
    more.properties()
        .forEach(entry -> {
          JsonNode value = entry.getValue();
          if (value.isString()) {
            all.put(entry.getKey(), value.asString());
          } else if (value.isBoolean()) {
            all.put(entry.getKey(), value.asBoolean());
          } else if (value.isArray()) {
            Set<String> texts = new HashSet<>();
            value.forEach(item -> texts.add(item.asString("")));
            all.put(entry.getKey(), List.copyOf(texts));
          }
        });
    all.putAll(values);
    return new Claims(all);
  }

  boolean has(String name) {
    return values.containsKey(name);
  }

  Optional<String> text(String name) {
    return values.get(name) instanceof String text && !text.isBlank()
        ? Optional.of(text)
        : Optional.empty();
  }

  /** Some providers write truth as text. */
  boolean isTrue(String name) {
    Object value = values.get(name);
    return Boolean.TRUE.equals(value) || "true".equals(value);
  }

  Set<String> texts(String name) {
    Set<String> texts = new HashSet<>();
    if (values.get(name) instanceof List<?> list) {
      list.forEach(item -> texts.add(String.valueOf(item)));
    }
    return texts;
  }
}
