package dev.doorward.edge.main;

import dev.doorward.common.outcome.Outcome;
import dev.doorward.edge.auth.EmbeddedAuth;
import dev.doorward.edge.fixture.EdgeFixture;
import dev.doorward.edge.fixture.FakeAudit;
import dev.doorward.edge.fixture.ScriptedLink;
import dev.doorward.edge.pipeline.ConnectionLimitHandler;
import dev.doorward.transport.loop.EventLoops;
import dev.doorward.transport.tls.TlsPeer;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.InstantSource;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** The public port with real TLS and real sockets, over a scripted link instead of an agent. */
final class ServedEdge implements AutoCloseable {
  final EdgeFixture parts = new EdgeFixture();
  final ScriptedLink link;
  final PublicPort port;
  final SSLContext trust;
  private final EventLoops loops;
  private final EmbeddedAuth auth;
  private final int number;

  ServedEdge(Path dataDir) throws Exception {
    number = freePort();
    var config = EdgeConfigs.of(dataDir, number, "");
    auth =
        value(
            EmbeddedAuth.open(
                config, dataDir, new FakeAudit(), InstantSource.system(), new SecureRandom()));
    Certificates certificates =
        value(
            Certificates.open(
                config.tls(), config.publicUrl(), auth, InstantSource.system(), dataDir));
    loops = EventLoops.start("served", 2);
    var pipeline = parts.pipelineFor("localhost:" + number, number);
    port =
        value(
            PublicPort.open(
                config.listen(),
                loops,
                new ConnectionLimitHandler(1000, 1000),
                certificates.contexts(),
                Duration.ofSeconds(10),
                (channel, peer) -> {
                  if (peer instanceof TlsPeer.Public open && open.protocol().equals("h2")) {
                    pipeline.http2(channel);
                  } else {
                    pipeline.http1(channel);
                  }
                }));
    link = new ScriptedLink(loops.group().next());
    parts.registry.add(link);
    trust = trusting(auth);
  }

  private static SSLContext trusting(EmbeddedAuth auth) throws Exception {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    store.setCertificateEntry("ca", auth.root());
    TrustManagerFactory managers =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    managers.init(store);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, managers.getTrustManagers(), null);
    return context;
  }

  static int freePort() throws Exception {
    try (var socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  static <T> T value(Outcome<T> outcome) {
    return switch (outcome) {
      case Outcome.Ok<T>(T value) -> value;
      case Outcome.Failed<T> failed -> throw new IllegalStateException(failed.problem().text());
    };
  }

  HttpClient client(HttpClient.Version version) {
    return HttpClient.newBuilder()
        .version(version)
        .sslContext(trust)
        .connectTimeout(Duration.ofSeconds(10))
        .build();
  }

  HttpRequest.Builder request(String query) {
    return HttpRequest.newBuilder(URI.create("https://localhost:" + number + "/notes/mcp?" + query))
        .timeout(Duration.ofSeconds(30))
        .header("Content-Type", "application/json")
        .header("Authorization", "Bearer ann.notes.c1");
  }

  int number() {
    return number;
  }

  @Override
  public void close() {
    port.stopListening();
    loops.close();
    auth.close();
    parts.close();
  }
}
