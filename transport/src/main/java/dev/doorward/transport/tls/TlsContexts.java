package dev.doorward.transport.tls;

import dev.doorward.common.identity.Fingerprint;
import io.netty.handler.ssl.ApplicationProtocolConfig;
import io.netty.handler.ssl.ApplicationProtocolConfig.Protocol;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectedListenerFailureBehavior;
import io.netty.handler.ssl.ApplicationProtocolConfig.SelectorFailureBehavior;
import io.netty.handler.ssl.ClientAuth;
import io.netty.handler.ssl.OpenSslSessionContext;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SupportedCipherSuiteFilter;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.List;
import javax.net.ssl.SSLException;

/**
 * Makes the kinds of TLS context that there are. Each speaks its own protocols only, so a wrong
 * choice among them ends in a failed handshake, never in a weaker one. Contexts are immutable and
 * safe on any thread; a new certificate means a new context.
 */
public final class TlsContexts {
  private static final List<String> TLS13 =
      List.of("TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256");
  private static final List<String> AEAD =
      List.of(
          "TLS_AES_128_GCM_SHA256",
          "TLS_AES_256_GCM_SHA384",
          "TLS_CHACHA20_POLY1305_SHA256",
          "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
          "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
          "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
          "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
          "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
          "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256");

  /**
   * Netty hands key and chain to the provider through a key store in memory. The default kind would
   * derive keys from an empty password 10,000 times on the way in and again on the way out.
   */
  private static final String KEY_STORE = "JKS";

  /** Seconds; one more than a ticket may live. */
  private static final long PAST_TICKETS = Duration.ofDays(7).toSeconds() + 1;

  private final TlsProvider provider;

  /** Contexts of one provider; {@link TlsProvider#best} outside of tests. */
  public TlsContexts(TlsProvider provider) {
    this.provider = provider;
  }

  /** The public side: TLS 1.2 and 1.3, AEAD suites, h2 and http/1.1, no client certificate. */
  public SslContext publicServer(TlsIdentity identity) throws SSLException {
    return provider
        .apply(
            SslContextBuilder.forServer(identity.key(), identity.chainArray()),
            TlsProvider.PUBLIC_GROUPS)
        .keyStoreType(KEY_STORE)
        .protocols("TLSv1.3", "TLSv1.2")
        .ciphers(AEAD, SupportedCipherSuiteFilter.INSTANCE)
        .clientAuth(ClientAuth.NONE)
        .applicationProtocolConfig(alpn("h2", "http/1.1"))
        .build();
  }

  /** Answers the challenge of a certificate authority (RFC 8737): nothing but the handshake. */
  public SslContext challengeServer(TlsIdentity identity) throws SSLException {
    return provider
        .apply(
            SslContextBuilder.forServer(identity.key(), identity.chainArray()),
            TlsProvider.PUBLIC_GROUPS)
        .keyStoreType(KEY_STORE)
        .protocols("TLSv1.3", "TLSv1.2")
        .ciphers(AEAD, SupportedCipherSuiteFilter.INSTANCE)
        .clientAuth(ClientAuth.NONE)
        .applicationProtocolConfig(alpn(ServerTlsHandler.ACME))
        .build();
  }

  /** The edge's end of links: a client certificate of {@code ca} is required. */
  public SslContext linkServer(TlsIdentity identity, X509Certificate ca) throws SSLException {
    return notResumed(
        internalServer(identity)
            .trustManager(ca)
            .clientAuth(ClientAuth.REQUIRE)
            .applicationProtocolConfig(alpn(LinkTls.LINK))
            .build());
  }

  /** The edge's end of enrolment: the client has no certificate yet. */
  public SslContext enrolServer(TlsIdentity identity) throws SSLException {
    return notResumed(
        internalServer(identity)
            .clientAuth(ClientAuth.NONE)
            .applicationProtocolConfig(alpn(LinkTls.ENROL))
            .build());
  }

  /** The agent's end of links: trusts {@code ca} and the link's name, nothing else. */
  public SslContext linkClient(TlsIdentity identity, X509Certificate ca) throws SSLException {
    return internalClient()
        .keyStoreType(KEY_STORE)
        .keyManager(identity.key(), identity.chainArray())
        .trustManager(new PinnedCaTrust(Fingerprint.of(PinnedCaTrust.der(ca))))
        .applicationProtocolConfig(alpn(LinkTls.LINK))
        .build();
  }

  /** The agent's end of enrolment: trusts the CA whose certificate hashes to {@code pin}. */
  public SslContext enrolClient(Fingerprint pin) throws SSLException {
    return internalClient()
        .trustManager(new PinnedCaTrust(pin))
        .applicationProtocolConfig(alpn(LinkTls.ENROL))
        .build();
  }

  /**
   * The auth-server's port: who shows a certificate shows one of {@code ca}. An edge that joins has
   * none yet, so whoever serves a request looks whether there is one.
   */
  public SslContext authServer(TlsIdentity identity, X509Certificate ca) throws SSLException {
    return notResumed(
        internalServer(identity)
            .trustManager(ca)
            .clientAuth(ClientAuth.OPTIONAL)
            .applicationProtocolConfig(alpn(AuthTls.PROTOCOL))
            .build());
  }

  /** The edge's end of it, with what the auth-server has certified. */
  public SslContext authClient(TlsIdentity identity, X509Certificate ca) throws SSLException {
    return internalClient()
        .keyStoreType(KEY_STORE)
        .keyManager(identity.key(), identity.chainArray())
        .trustManager(new PinnedCaTrust(Fingerprint.of(PinnedCaTrust.der(ca))))
        .applicationProtocolConfig(alpn(AuthTls.PROTOCOL))
        .build();
  }

  /** The same for an edge that has nothing but an invite yet. */
  public SslContext authJoiner(Fingerprint pin) throws SSLException {
    return internalClient()
        .trustManager(new PinnedCaTrust(pin))
        .applicationProtocolConfig(alpn(AuthTls.PROTOCOL))
        .build();
  }

  /** A client of servers of public CAs: the platform's trust, http/1.1, names checked. */
  public SslContext publicClient() throws SSLException {
    return client(SslContextBuilder.forClient());
  }

  /** A client of servers of these CAs and of no others: http/1.1, names checked. */
  public SslContext privateClient(List<X509Certificate> cas) throws SSLException {
    if (cas.isEmpty()) {
      throw new IllegalArgumentException("no CA is not the platform's CAs");
    }
    return client(SslContextBuilder.forClient().trustManager(cas));
  }

  private SslContext client(SslContextBuilder builder) throws SSLException {
    return provider
        .apply(builder, TlsProvider.PUBLIC_GROUPS)
        .protocols("TLSv1.3", "TLSv1.2")
        .ciphers(AEAD, SupportedCipherSuiteFilter.INSTANCE)
        .endpointIdentificationAlgorithm("HTTPS")
        .applicationProtocolConfig(alpn("http/1.1"))
        .build();
  }

  /**
   * Every connection proves its certificate anew. BoringSSL gives no tickets unless it has keys;
   * the JDK neither gives nor keeps one whose life would pass the bound of RFC 8446, 7 days.
   */
  private static SslContext notResumed(SslContext context) {
    if (context.sessionContext() instanceof OpenSslSessionContext sessions) {
      sessions.setSessionCacheEnabled(false);
    }
    return context;
  }

  private SslContextBuilder internalServer(TlsIdentity identity) {
    return provider
        .apply(
            SslContextBuilder.forServer(identity.key(), identity.chainArray()),
            TlsProvider.LINK_GROUPS)
        .keyStoreType(KEY_STORE)
        .sessionTimeout(PAST_TICKETS)
        .protocols("TLSv1.3")
        .ciphers(TLS13, SupportedCipherSuiteFilter.INSTANCE);
  }

  private SslContextBuilder internalClient() {
    return provider
        .apply(SslContextBuilder.forClient(), TlsProvider.LINK_GROUPS)
        .sessionTimeout(PAST_TICKETS)
        .protocols("TLSv1.3")
        .ciphers(TLS13, SupportedCipherSuiteFilter.INSTANCE)
        .endpointIdentificationAlgorithm("HTTPS");
  }

  private static ApplicationProtocolConfig alpn(String... protocols) {
    return new ApplicationProtocolConfig(
        Protocol.ALPN,
        SelectorFailureBehavior.NO_ADVERTISE,
        SelectedListenerFailureBehavior.ACCEPT,
        protocols);
  }
}
