package dev.doorward.transport.tls;

import io.netty.handler.ssl.OpenSsl;
import io.netty.handler.ssl.OpenSslContextOption;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Which TLS implementation is used: BoringSSL where its native library loads, else the JDK's. */
public enum TlsProvider {
  /** BoringSSL through netty-tcnative; has the post-quantum hybrid X25519MLKEM768. */
  BORINGSSL(SslProvider.OPENSSL),
  /** The JDK's own; no post-quantum key exchange in Java 25. */
  JDK(SslProvider.JDK);

  static final List<String> LINK_GROUPS = List.of("X25519MLKEM768");
  static final List<String> PUBLIC_GROUPS = List.of("X25519MLKEM768", "X25519", "P-256", "P-384");

  private static final Logger log = LoggerFactory.getLogger(TlsProvider.class);
  private static final AtomicBoolean TOLD = new AtomicBoolean();

  private final SslProvider provider;

  TlsProvider(SslProvider provider) {
    this.provider = provider;
  }

  /** The best one of this machine; the first fall-back to the JDK is logged, once. */
  public static TlsProvider best() {
    if (OpenSsl.isAvailable()) {
      return BORINGSSL;
    }
    if (TOLD.compareAndSet(false, true)) {
      log.atWarn()
          .addKeyValue("event", "tls_without_native_library")
          .log(
              "No BoringSSL for this platform: TLS runs on the JDK, slower and without post-quantum"
                  + " key exchange; links then work only where the other side lacks it too");
    }
    return JDK;
  }

  /** The key exchange of links; both ends insist on it, so what is offered is what is used. */
  public String linkKeyExchange() {
    return switch (this) {
      case BORINGSSL -> LINK_GROUPS.getFirst();
      case JDK -> "X25519 or P-256";
    };
  }

  /** Sets provider and, where it can be set, the key exchange groups. */
  SslContextBuilder apply(SslContextBuilder builder, List<String> groups) {
    builder.sslProvider(provider);
    return switch (this) {
      case BORINGSSL -> builder.option(OpenSslContextOption.GROUPS, groups.toArray(String[]::new));
      case JDK -> builder;
    };
  }
}
