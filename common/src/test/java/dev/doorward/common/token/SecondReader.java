package dev.doorward.common.token;

import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.util.JSONObjectUtils;
import java.nio.charset.StandardCharsets;
import java.text.ParseException;
import java.util.Map;

/** Another JSON library's opinion of claims that were accepted. */
final class SecondReader {
  private SecondReader() {}

  /** Fails where the verifier has accepted something that reads differently elsewhere. */
  static void compare(byte[] claims, TokenCheck check) {
    if (!(check instanceof TokenCheck.Verified(AccessToken token))) {
      return;
    }
    Map<String, Object> read;
    try {
      read = JSONObjectUtils.parse(new String(claims, StandardCharsets.UTF_8));
    } catch (ParseException e) {
      throw new AssertionError("accepted, but another reader refuses it", e);
    }
    assertThat(read)
        .containsEntry("iss", token.issuer().value())
        .containsEntry("aud", token.audience().value())
        .containsEntry("sub", token.subject().value())
        .containsEntry("client_id", token.client().value())
        .containsEntry("preferred_username", token.person())
        .containsEntry("gid", token.grant())
        .containsEntry("jti", token.id());
    assertThat(((Number) read.getOrDefault("exp", 0)).longValue())
        .isEqualTo(token.expiresAt().getEpochSecond());
  }
}
