package dev.doorward.edge.cert;

import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSObject;
import com.nimbusds.jose.Payload;
import com.nimbusds.jose.crypto.ECDSAVerifier;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.util.Base64URL;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.doorward.transport.tls.TlsIdentity;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequest;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * A small ACME server that is strict where RFC 8555 says must: each nonce once, each request signed
 * for its URL, keys and names of the CSR as ordered; with renewal information (RFC 9773) and
 * profiles, which the pebble of Debian lacks.
 */
final class FakeAcme implements AutoCloseable {
  private static final JsonMapper JSON = JsonMapper.builder().build();

  /** An order. */
  static final class Ordered {
    final List<String> names = new ArrayList<>();
    String profile = "";
    String replaces = "";
    String status = "pending";
    @Nullable X509Certificate certificate;
  }

  final Map<String, Ordered> orders = new ConcurrentHashMap<>();
  final Map<String, ECKey> accounts = new ConcurrentHashMap<>();
  final Set<String> closed = ConcurrentHashMap.newKeySet();
  final AtomicInteger requests = new AtomicInteger();
  final AtomicInteger badNonces = new AtomicInteger();

  /** Looks at the proof of a name, given the token and the key authorization. */
  Predicate<String[]> validator = _ -> true;

  /** Answers newOrder with this instead, where it is there: status, Retry-After, problem type. */
  String @Nullable [] refusal;

  Set<String> profiles = Set.of("classic", "shortlived");
  boolean renewalInfo = true;
  Instant windowStart = Instant.EPOCH;
  boolean strangeKey;
  String challenge = "tls-alpn-01";

  private final Set<String> nonces = ConcurrentHashMap.newKeySet();
  private final Map<String, String> authorizations = new HashMap<>();
  private final AtomicInteger numbers = new AtomicInteger();
  private final HttpsServer server;
  private final SSLContext trust;

  FakeAcme() throws Exception {
    TlsIdentity own =
        TestCertificate.of(
            List.of("127.0.0.1"), Instant.now().minus(Duration.ofHours(1)), Duration.ofDays(1));
    trust = trusting(own.chain().getFirst());
    server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(serving(own)));
    server.createContext("/", this::handle);
    server.start();
  }

  URI directory() {
    return URI.create(base() + "/dir");
  }

  SSLContext trust() {
    return trust;
  }

  private String base() {
    return "https://127.0.0.1:" + server.getAddress().getPort();
  }

  private static SSLContext serving(TlsIdentity own) throws Exception {
    KeyStore store = KeyStore.getInstance("JKS");
    store.load(null, null);
    store.setKeyEntry("own", own.key(), new char[0], own.chain().toArray(Certificate[]::new));
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, new char[0]);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(keys.getKeyManagers(), null, null);
    return context;
  }

  private static SSLContext trusting(X509Certificate root) throws Exception {
    KeyStore store = KeyStore.getInstance("JKS");
    store.load(null, null);
    store.setCertificateEntry("root", root);
    TrustManagerFactory managers =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    managers.init(store);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, managers.getTrustManagers(), null);
    return context;
  }

  private record Signed(JsonNode payload, String account, @Nullable ECKey key) {}

  private record Answer(int status, Object body, Map<String, String> headers) {}

  private static final class Wrong extends Exception {
    private final transient Answer answer;

    Wrong(int status, String type) {
      super(type, null, false, false);
      answer =
          new Answer(
              status,
              Map.of("type", "urn:ietf:params:acme:error:" + type, "detail", "It is " + type + "."),
              Map.of("Content-Type", "application/problem+json"));
    }
  }

  private void handle(HttpExchange exchange) throws IOException {
    requests.incrementAndGet();
    String path = exchange.getRequestURI().getPath();
    Answer answer;
    try {
      answer = answer(exchange, path);
    } catch (Wrong e) {
      answer = e.answer;
    } catch (Exception e) {
      answer = new Answer(500, Map.of("detail", String.valueOf(e)), Map.of());
    }
    byte[] body =
        answer.body() instanceof String text
            ? text.getBytes(StandardCharsets.US_ASCII)
            : JSON.writeValueAsBytes(answer.body());
    String nonce = "n" + numbers.incrementAndGet();
    nonces.add(nonce);
    exchange.getResponseHeaders().set("Replay-Nonce", nonce);
    exchange.getResponseHeaders().set("Content-Type", "application/json");
    answer.headers().forEach(exchange.getResponseHeaders()::set);
    boolean empty = exchange.getRequestMethod().equals("HEAD");
    exchange.sendResponseHeaders(answer.status(), empty ? -1 : body.length);
    if (!empty) {
      exchange.getResponseBody().write(body);
    }
    exchange.close();
  }

  private Answer answer(HttpExchange exchange, String path) throws Exception {
    String[] parts = path.substring(1).split("/", -1);
    if (exchange.getRequestMethod().equals("POST")) {
      Signed signed = signed(exchange, path);
      return switch (parts[0]) {
        case "new-account" -> account(signed);
        case "new-order" -> order(signed);
        case "order" -> new Answer(200, view(parts[1]), Map.of());
        case "authz" -> new Answer(200, authorization(parts[1]), Map.of());
        case "challenge" -> challenge(parts[1], signed);
        case "finalize" -> finish(parts[1], signed);
        case "certificate" -> new Answer(200, pem(parts[1]), pemType());
        default -> throw new Wrong(404, "malformed");
      };
    }
    return switch (parts[0]) {
      case "dir" -> new Answer(200, directoryView(), Map.of());
      case "nonce" -> new Answer(200, "", Map.of());
      case "renewal" -> renewal(parts[1]);
      default -> throw new Wrong(404, "malformed");
    };
  }

  private Map<String, Object> directoryView() {
    Map<String, Object> meta = new LinkedHashMap<>();
    Map<String, String> offered = new LinkedHashMap<>();
    profiles.forEach(p -> offered.put(p, "a kind"));
    meta.put("profiles", offered);
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("newNonce", base() + "/nonce");
    view.put("newAccount", base() + "/new-account");
    view.put("newOrder", base() + "/new-order");
    if (renewalInfo) {
      view.put("renewalInfo", base() + "/renewal");
    }
    view.put("meta", meta);
    return view;
  }

  private Signed signed(HttpExchange exchange, String path) throws Exception {
    JsonNode envelope = JSON.readTree(exchange.getRequestBody().readAllBytes());
    var header = JWSHeader.parse(new Base64URL(envelope.path("protected").asString()));
    if (!(base() + path).equals(header.getCustomParam("url"))) {
      throw new Wrong(401, "unauthorized");
    }
    if (!nonces.remove(String.valueOf(header.getCustomParam("nonce")))
        || badNonces.getAndUpdate(n -> Math.max(0, n - 1)) > 0) {
      throw new Wrong(400, "badNonce");
    }
    String account = header.getKeyID() == null ? "" : header.getKeyID();
    ECKey key =
        account.isEmpty() ? ECKey.parse(header.getJWK().toJSONObject()) : accounts.get(account);
    if (key == null || closed.contains(account)) {
      throw new Wrong(401, "unauthorized");
    }
    var jws =
        new JWSObject(
            new Base64URL(envelope.path("protected").asString()),
            new Payload(new Base64URL(envelope.path("payload").asString())),
            new Base64URL(envelope.path("signature").asString()));
    if (!jws.verify(new ECDSAVerifier(key))) {
      throw new Wrong(401, "unauthorized");
    }
    String payload = jws.getPayload().toString();
    return new Signed(JSON.readTree(payload.isEmpty() ? "{}" : payload), account, key);
  }

  private Answer account(Signed signed) throws Wrong {
    if (!signed.payload().path("termsOfServiceAgreed").asBoolean(false) || signed.key() == null) {
      throw new Wrong(403, "userActionRequired");
    }
    for (Map.Entry<String, ECKey> known : accounts.entrySet()) {
      if (known.getValue().equals(signed.key())) {
        if (closed.contains(known.getKey())) {
          throw new Wrong(401, "unauthorized");
        }
        return new Answer(200, Map.of("status", "valid"), Map.of("Location", known.getKey()));
      }
    }
    String url = base() + "/account/" + numbers.incrementAndGet();
    accounts.put(url, signed.key());
    return new Answer(201, Map.of("status", "valid"), Map.of("Location", url));
  }

  private Answer order(Signed signed) throws Wrong {
    String[] refused = refusal;
    if (refused != null) {
      Map<String, String> headers = new HashMap<>();
      headers.put("Retry-After", refused[1]);
      if (refused[2].isEmpty()) {
        return new Answer(Integer.parseInt(refused[0]), "<html>busy</html>", headers);
      }
      Wrong wrong = new Wrong(Integer.parseInt(refused[0]), refused[2]);
      headers.putAll(wrong.answer.headers());
      return new Answer(wrong.answer.status(), wrong.answer.body(), headers);
    }
    var made = new Ordered();
    signed.payload().path("identifiers").forEach(i -> made.names.add(i.path("value").asString()));
    made.profile = signed.payload().path("profile").asString("");
    made.replaces = signed.payload().path("replaces").asString("");
    if (!made.profile.isEmpty() && !profiles.contains(made.profile)) {
      throw new Wrong(400, "invalidProfile");
    }
    if (!made.replaces.isEmpty()
        && orders.values().stream().anyMatch(o -> o.replaces.equals(made.replaces))) {
      throw new Wrong(409, "alreadyReplaced");
    }
    String id = "o" + numbers.incrementAndGet();
    orders.put(id, made);
    for (String name : made.names) {
      authorizations.put(id + "~" + name, "pending");
    }
    return new Answer(201, view(id), Map.of("Location", base() + "/order/" + id));
  }

  private Ordered ordered(String id) {
    Ordered order = orders.get(id);
    if (order == null) {
      throw new IllegalArgumentException("no order " + id);
    }
    return order;
  }

  private Map<String, Object> view(String id) {
    Ordered order = ordered(id);
    List<String> urls = new ArrayList<>();
    boolean ready = true;
    for (String name : order.names) {
      urls.add(base() + "/authz/" + id + "~" + name);
      ready &= "valid".equals(authorizations.get(id + "~" + name));
    }
    if (ready && order.status.equals("pending")) {
      order.status = "ready";
    }
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("status", order.status);
    view.put("identifiers", order.names.stream().map(FakeAcme::identifier).toList());
    view.put("authorizations", urls);
    view.put("finalize", base() + "/finalize/" + id);
    if (order.certificate != null) {
      view.put("certificate", base() + "/certificate/" + id);
    }
    return view;
  }

  private static Map<String, String> identifier(String name) {
    return Map.of("type", CertificateNames.isAddress(name) ? "ip" : "dns", "value", name);
  }

  private Map<String, Object> authorization(String id) {
    String name = id.substring(id.indexOf('~') + 1);
    String status = String.valueOf(authorizations.get(id));
    return Map.of(
        "status",
        status,
        "identifier",
        identifier(name.replace("*.", "")),
        "wildcard",
        name.startsWith("*."),
        "challenges",
        List.of(challengeView(id)));
  }

  private Map<String, Object> challengeView(String id) {
    Map<String, Object> view = new LinkedHashMap<>();
    view.put("type", challenge);
    view.put("url", base() + "/challenge/" + id);
    view.put("token", token(id));
    String status = String.valueOf(authorizations.get(id));
    view.put("status", status);
    if (status.equals("invalid")) {
      view.put(
          "error",
          Map.of(
              "type",
              "urn:ietf:params:acme:error:connection",
              "detail",
              "no route to\n" + id.substring(id.indexOf('~') + 1)));
    }
    return view;
  }

  private static String token(String id) {
    return "token-" + id.substring(0, id.indexOf('~'));
  }

  private Answer challenge(String id, Signed signed) throws Exception {
    if (signed.payload().isObject() && "pending".equals(authorizations.get(id))) {
      String thumb = signed.key() == null ? "" : signed.key().computeThumbprint().toString();
      boolean good =
          validator.test(
              new String[] {id.substring(id.indexOf('~') + 1), token(id), token(id) + "." + thumb});
      authorizations.put(id, good ? "valid" : "invalid");
    }
    return new Answer(200, challengeView(id), Map.of());
  }

  private Answer finish(String id, Signed signed) throws Exception {
    Ordered order = ordered(id);
    view(id);
    if (!order.status.equals("ready")) {
      throw new Wrong(403, "orderNotReady");
    }
    var csr =
        new JcaPKCS10CertificationRequest(
            new Base64URL(signed.payload().path("csr").asString()).decode());
    boolean own =
        csr.isSignatureValid(new JcaContentVerifierProviderBuilder().build(csr.getPublicKey()));
    if (!own || !new TreeSet<>(order.names).equals(names(csr))) {
      throw new Wrong(400, "badCSR");
    }
    order.certificate =
        TestCertificate.of(
            strangeKey ? EcKeys.make().getPublic() : csr.getPublicKey(),
            order.names,
            Instant.now().minusSeconds(3600),
            Duration.ofDays(order.profile.equals("shortlived") ? 6 : 90));
    order.status = "valid";
    return new Answer(200, view(id), Map.of("Location", base() + "/order/" + id));
  }

  private static Set<String> names(JcaPKCS10CertificationRequest csr) {
    Set<String> names = new TreeSet<>();
    Extension alternatives =
        csr.getRequestedExtensions().getExtension(Extension.subjectAlternativeName);
    for (GeneralName name : GeneralNames.getInstance(alternatives.getParsedValue()).getNames()) {
      names.add(String.valueOf(name.getName()));
    }
    return names;
  }

  private String pem(String id) throws Exception {
    X509Certificate certificate = ordered(id).certificate;
    return certificate == null ? "" : PemFiles.text("CERTIFICATE", certificate.getEncoded());
  }

  private static Map<String, String> pemType() {
    return Map.of("Content-Type", "application/pem-certificate-chain");
  }

  /** RFC 9773 section 4.1: base64url of the authority's key id, a dot, that of the serial. */
  static String id(X509Certificate certificate) {
    return Base64URL.encode(new byte[] {1, 2, 3, 4})
        + "."
        + Base64URL.encode(certificate.getSerialNumber().toByteArray());
  }

  private Answer renewal(String id) throws Wrong {
    Set<String> known = new HashSet<>();
    orders.values().stream()
        .filter(o -> o.certificate != null)
        .forEach(o -> known.add(id(o.certificate)));
    if (!known.contains(id)) {
      throw new Wrong(404, "malformed");
    }
    return new Answer(
        200,
        Map.of(
            "suggestedWindow",
            Map.of(
                "start",
                windowStart.toString(),
                "end",
                windowStart.plus(Duration.ofDays(1)).toString())),
        Map.of("Retry-After", "21600"));
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
