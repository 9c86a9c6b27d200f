package dev.doorward.auth.port;

import dev.doorward.auth.AuthServer;
import dev.doorward.auth.ca.CertificateAuthority;
import dev.doorward.auth.edges.Edges;
import dev.doorward.auth.engine.AuthCall;
import dev.doorward.auth.engine.AuthReply;
import dev.doorward.auth.enrol.AgentDirectory;
import dev.doorward.auth.enrol.CertificateRequest;
import dev.doorward.auth.enrol.Enrolment;
import dev.doorward.auth.personal.PersonalTokens;
import dev.doorward.auth.wire.Answer;
import dev.doorward.auth.wire.Ask;
import dev.doorward.common.identity.AgentId;
import dev.doorward.common.identity.Fingerprint;
import dev.doorward.common.identity.Resource;
import dev.doorward.common.identity.Secret;
import dev.doorward.common.identity.ServiceName;
import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Problem;
import dev.doorward.common.outcome.Reason;
import dev.doorward.transport.tls.LinkTls;
import java.net.InetAddress;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * What an edge is answered. An edge can relay, exchange what people bring to it and have its own
 * keys certified for its own two names; it cannot invite, add, revoke or read anything. Blocks on
 * storage and hashing.
 */
public final class Answers {
  /** How long a certificate of an edge is good for. */
  static final Duration CERTIFICATE_LIFE = Duration.ofDays(90);

  private static final int MOST_HEADERS = 200;
  private static final int MOST_SERVICES = 256;
  private static final Pattern METHOD = Pattern.compile("[A-Z]{1,16}");
  private static final Pattern TARGET = Pattern.compile("/[!-~]*");
  private static final Pattern QUERY = Pattern.compile("[!-~]*");
  private static final Pattern HEADER = Pattern.compile("[!#$%&'*+.^_`|~0-9a-z-]{1,256}");

  private final AuthServer server;
  private final AgentDirectory agents;
  private final Enrolment enrolment;
  private final CertificateAuthority authority;
  private final Edges edges;

  /** The answers of one auth-server. */
  public Answers(
      AuthServer server,
      AgentDirectory agents,
      Enrolment enrolment,
      CertificateAuthority authority,
      Edges edges) {
    this.server = server;
    this.agents = agents;
    this.enrolment = enrolment;
    this.authority = authority;
    this.edges = edges;
  }

  /** The answer to {@code peer}; throws where something is broken here. */
  Answer.Told answer(Ask ask, Peer peer) {
    return switch (ask) {
      case Ask.Call call -> call(call);
      case Ask.Exchange exchange -> exchange(exchange);
      case Ask.Certificate certificate -> certificate(certificate, peer);
      case Ask.Enrol enrol ->
          address(enrol.remote())
              .map(from ->
                  chain(
                      enrolment.enrol(
                          enrol.invite(), new Secret(enrol.secret()), enrol.csr(), from)))
              .orElseGet(Answers::malformed);
      case Ask.Revive revive ->
          AgentId.isValid(revive.agent())
              ? chain(enrolment.revive(new AgentId(revive.agent()), revive.csr()))
              : malformed();
      case Ask.Renew renew -> renew(renew);
      case Ask.Offered offered -> offered(offered);
      case Ask.Join join -> edgeChain(edges.join(join.invite(), join.secret(), join.csr()));
      case Ask.Feed _ -> malformed();
    };
  }

  private Answer.Told call(Ask.Call call) {
    boolean clean =
        METHOD.matcher(call.method()).matches()
            && TARGET.matcher(call.path()).matches()
            && call.query().size() <= 1
            && call.query().stream().allMatch(q -> QUERY.matcher(q).matches())
            && call.headers().values().stream().mapToInt(List::size).sum() <= MOST_HEADERS
            && call.headers().keySet().stream().allMatch(n -> HEADER.matcher(n).matches())
            && call.headers().values().stream().flatMap(List::stream).allMatch(Answers::isValue)
            && call.body().length <= AuthCall.MAX_BODY;
    Optional<InetAddress> remote = address(call.remote());
    if (!clean || remote.isEmpty()) {
      return malformed();
    }
    AuthReply reply =
        server.handle(
            new AuthCall(
                call.method(),
                call.path(),
                call.query().isEmpty() ? null : call.query().getFirst(),
                call.headers(),
                call.body(),
                remote.get()));
    return new Answer.Reply(
        reply.status(),
        reply.headers().stream().map(h -> new Answer.Header(h.name(), h.value())).toList(),
        reply.body());
  }

  private static boolean isValue(String value) {
    return value.chars().allMatch(c -> c == '\t' || (c >= ' ' && c != 0x7f && c <= 0xff));
  }

  /** A literal only: nothing is looked up. */
  private static Optional<InetAddress> address(String literal) {
    try {
      return Optional.of(InetAddress.ofLiteral(literal));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private Answer.Told exchange(Ask.Exchange exchange) {
    Optional<Resource> audience = Resource.parse(exchange.audience());
    if (audience.isEmpty()) {
      return malformed();
    }
    return switch (server.personalTokens().exchange(exchange.token(), audience.get())) {
      case PersonalTokens.Exchange.Done(var made) -> new Answer.Token(made.jwt());
      case PersonalTokens.Exchange.Refused(Reason reason) ->
          new Answer.Refused(reason.code(), "The token is worth nothing here.");
    };
  }

  private Answer.Told certificate(Ask.Certificate wanted, Peer peer) {
    return switch (CertificateRequest.read(wanted.csr())) {
      case Outcome.Failed<CertificateRequest>(Problem problem) -> refused(problem);
      case Outcome.Ok<CertificateRequest>(CertificateRequest request) ->
          switch (wanted.purpose()) {
            case LINK -> server(request, LinkTls.SERVER_NAME);
            case PUBLIC ->
                server(request, server.issuer().host().replace("[", "").replace("]", ""));
            case EDGE ->
                switch (peer) {
                  case Peer.Local _ -> malformed();
                  case Peer.Edge(String name, Fingerprint key) ->
                      edgeChain(edges.renew(name, key, request));
                };
          };
    };
  }

  private Answer.Told server(CertificateRequest request, String name) {
    return edgeChain(Outcome.ok(authority.server(request.key(), List.of(name), CERTIFICATE_LIFE)));
  }

  private Answer.Told renew(Ask.Renew renew) {
    if (!AgentId.isValid(renew.agent()) || !renew.key().matches("[0-9a-f]{64}")) {
      return malformed();
    }
    return chain(
        enrolment.renew(new AgentId(renew.agent()), new Fingerprint(renew.key()), renew.csr()));
  }

  private Answer.Told offered(Ask.Offered offered) {
    Set<ServiceName> services = new LinkedHashSet<>();
    for (String text : offered.services()) {
      ServiceName.parse(text).ifPresent(services::add);
    }
    if (!AgentId.isValid(offered.agent())
        || services.size() != offered.services().size()
        || services.size() > MOST_SERVICES) {
      return malformed();
    }
    agents.offered(new AgentId(offered.agent()), services);
    return new Answer.Done();
  }

  private static Answer.Told chain(Outcome<Enrolment.Enrolled> outcome) {
    return switch (outcome) {
      case Outcome.Ok<Enrolment.Enrolled>(Enrolment.Enrolled done) ->
          new Answer.Chain(
              done.agent().value(),
              der(done.chain()),
              done.services().stream().map(ServiceName::value).sorted().toList());
      case Outcome.Failed<Enrolment.Enrolled>(Problem problem) -> refused(problem);
    };
  }

  private static Answer.Told edgeChain(Outcome<List<X509Certificate>> outcome) {
    return switch (outcome) {
      case Outcome.Ok<List<X509Certificate>>(List<X509Certificate> chain) ->
          new Answer.Chain("", der(chain), List.of());
      case Outcome.Failed<List<X509Certificate>>(Problem problem) -> refused(problem);
    };
  }

  private static List<byte[]> der(List<X509Certificate> chain) {
    List<byte[]> all = new ArrayList<>();
    try {
      for (X509Certificate certificate : chain) {
        all.add(certificate.getEncoded());
      }
    } catch (CertificateEncodingException e) {
      throw new IllegalStateException("a certificate that was just written", e);
    }
    return all;
  }

  static Answer.Refused refused(Problem problem) {
    return new Answer.Refused(problem.reason().code(), problem.text());
  }

  static Answer.Refused malformed() {
    return new Answer.Refused(
        Reason.HTTP_MALFORMED.code(),
        "The auth-server does not take this request; are it and the edge of one version?");
  }
}
