package dev.doorward.auth.authorize;

import dev.doorward.auth.engine.AuthReply;
import dev.doorward.auth.page.Pages;
import dev.doorward.common.identity.Issuer;
import dev.doorward.common.outcome.Problem;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Sends the browser back to the client, always with {@code iss} (RFC 9207). */
record ClientAnswer(Issuer issuer, String redirectUri, Optional<String> state) {

  AuthReply code(String code) {
    return answer(Map.of("code", code));
  }

  AuthReply error(String error, Problem problem) {
    Map<String, String> parameters = new LinkedHashMap<>();
    parameters.put("error", error);
    parameters.put("error_description", problem.text());
    return answer(parameters);
  }

  private AuthReply answer(Map<String, String> result) {
    Map<String, String> all = new LinkedHashMap<>(result);
    state.ifPresent(s -> all.put("state", s));
    all.put("iss", issuer.value());
    String query =
        all.entrySet().stream()
            .map(e -> e.getKey() + "=" + URLEncoder.encode(e.getValue(), StandardCharsets.UTF_8))
            .collect(Collectors.joining("&"));
    return Pages.seeOther(redirectUri + (redirectUri.contains("?") ? "&" : "?") + query);
  }
}
