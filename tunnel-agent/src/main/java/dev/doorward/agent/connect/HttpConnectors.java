package dev.doorward.agent.connect;

import dev.doorward.agent.dial.Dialer;
import dev.doorward.common.identity.ServiceName;
import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Reason;
import dev.doorward.config.agent.AgentLimits;
import dev.doorward.config.agent.ServiceConfig;
import dev.doorward.config.value.HttpUrl;
import dev.doorward.transport.loop.EventLoops;
import dev.doorward.transport.tls.TlsContexts;
import io.netty.handler.ssl.SslContext;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import javax.net.ssl.SSLException;

/** Makes the ways to the services that have a URL. Blocks on files. */
public final class HttpConnectors implements Connectors {
  private final Dialer dialer;
  private final EventLoops loops;
  private final TlsContexts contexts;
  private final BiConsumer<ServiceName, BackendHealth> onHealth;

  /** {@code onHealth} is told of each change, on any thread; it must not block. */
  public HttpConnectors(
      Dialer dialer,
      EventLoops loops,
      TlsContexts contexts,
      BiConsumer<ServiceName, BackendHealth> onHealth) {
    this.dialer = dialer;
    this.loops = loops;
    this.contexts = contexts;
    this.onHealth = onHealth;
  }

  /** The way to one service; refused where its CA cannot be read. */
  @Override
  public Outcome<Connector> make(ServiceName name, ServiceConfig service, AgentLimits limits) {
    return http(service, limits, health -> onHealth.accept(name, health)).then(Outcome::ok);
  }

  /** The same for what wants to ask by itself. */
  public Outcome<HttpConnector> http(
      ServiceConfig service, AgentLimits limits, Consumer<BackendHealth> told) {
    HttpUrl url = service.url().orElseThrow();
    Backend backend =
        new Backend(url, service.socket(), limits.connectTimeout(), limits.responseHeadTimeout());
    return tls(url, service)
        .then(tls ->
            Outcome.ok(new HttpConnector(backend, dialer, loops, tls, System::nanoTime, told)));
  }

  /** Whom an https service is believed by. */
  private Outcome<Optional<SslContext>> tls(HttpUrl url, ServiceConfig service) {
    if (!url.secure()) {
      return Outcome.ok(Optional.empty());
    }
    return service
        .ca()
        .map(ca -> CaFile.read(ca).then(cas -> context(() -> contexts.privateClient(cas))))
        .orElseGet(() -> context(contexts::publicClient));
  }

  private interface Making {
    SslContext make() throws SSLException;
  }

  private static Outcome<Optional<SslContext>> context(Making making) {
    try {
      return Outcome.ok(Optional.of(making.make()));
    } catch (SSLException e) {
      return Outcome.failed(
          Reason.INTERNAL, "TLS cannot be set up on this machine: " + e.getMessage());
    }
  }
}
