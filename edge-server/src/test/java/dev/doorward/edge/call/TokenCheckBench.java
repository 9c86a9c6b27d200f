package dev.doorward.edge.call;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.benmanes.caffeine.cache.Ticker;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import dev.doorward.common.identity.Issuer;
import dev.doorward.common.identity.Resource;
import dev.doorward.common.identity.ServiceName;
import dev.doorward.common.token.TokenCheck;
import dev.doorward.common.token.TokenVerifier;
import dev.doorward.common.token.VerificationKeys;
import io.netty.channel.DefaultEventLoop;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.junit.jupiter.api.Test;

/**
 * What a token costs: known by its hash, and seen for the first time. Not run with the tests;
 * docs/performance.md has the command.
 */
class TokenCheckBench {
  private static final Issuer ISSUER = new Issuer("https://edge.example");
  private static final Resource NOTES = ISSUER.resourceOf(new ServiceName("notes"));

  private final ThreadMXBean threads = ManagementFactory.getThreadMXBean();

  private static String token(ECKey key, int number) throws Exception {
    long now = Instant.now().getEpochSecond();
    var jws =
        new JWSObject(
            new JWSHeader.Builder(JWSAlgorithm.ES256)
                .type(new JOSEObjectType("at+jwt"))
                .keyID("k1")
                .build(),
            new Payload(
                Map.of(
                    "iss",
                    ISSUER.value(),
                    "sub",
                    "p_1",
                    "aud",
                    NOTES.value(),
                    "iat",
                    now,
                    "exp",
                    now + 600,
                    "jti",
                    "t_" + number,
                    "client_id",
                    "c_1",
                    "scope",
                    "mcp",
                    "gid",
                    "g_1",
                    "preferred_username",
                    "ada")));
    jws.sign(new ECDSASigner(key));
    return jws.serialize();
  }

  @Test
  void figures() throws Exception {
    ECKey key = new ECKeyGenerator(Curve.P_256).generate();
    var keys = new VerificationKeys(ISSUER, Map.of("k1", key.toECPublicKey()));
    var verifier = new TokenVerifier(new BouncyCastleProvider());
    List<String> tokens = new ArrayList<>();
    for (int i = 0; i < 2_000; i++) {
      tokens.add(token(key, i));
    }
    double uncached = Double.MAX_VALUE;
    for (int round = 0; round < 8; round++) {
      long before = threads.getCurrentThreadCpuTime();
      for (String token : tokens) {
        TokenCheck check = verifier.check(token, keys, NOTES, Instant.now());
        assertThat(check instanceof TokenCheck.Verified).isTrue();
      }
      double each = (threads.getCurrentThreadCpuTime() - before) / 1e3 / tokens.size();
      uncached = Math.min(uncached, each);
    }
    double cached = cached(verifier, keys, tokens.getFirst());

    System.out.printf("token known by its hash: %.2f us of processor time%n", cached);
    System.out.printf("token seen for the first time: %.0f us of processor time%n", uncached);
    assertThat(cached).isLessThanOrEqualTo(2);
    assertThat(uncached).isLessThanOrEqualTo(150);
  }

  private double cached(TokenVerifier verifier, VerificationKeys keys, String token)
      throws InterruptedException {
    var step =
        new TokenStep(
            (text, audience, clock) ->
                new TokenStep.Worth(
                    verifier.check(text, keys, audience, clock.instant()), Optional.empty()),
            InstantSource.system(),
            Runnable::run,
            Ticker.systemTicker());
    var loop = new DefaultEventLoop();
    var known = new CountDownLatch(1);
    step.find(token, TokenHash.of(token), NOTES, loop, _ -> known.countDown());
    known.await();
    loop.shutdownGracefully();
    double best = Double.MAX_VALUE;
    int count = 200_000;
    for (int round = 0; round < 10; round++) {
      int hits = 0;
      long before = threads.getCurrentThreadCpuTime();
      for (int i = 0; i < count; i++) {
        hits += step.known(TokenHash.of(token), NOTES).isPresent() ? 1 : 0;
      }
      best = Math.min(best, (threads.getCurrentThreadCpuTime() - before) / 1e3 / count);
      assertThat(hits).isEqualTo(count);
    }
    return best;
  }
}
