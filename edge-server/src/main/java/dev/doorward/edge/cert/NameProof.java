package dev.doorward.edge.cert;

import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Problem;
import dev.doorward.common.outcome.Reason;
import dev.doorward.config.edge.AcmeChallenge;
import org.shredzone.acme4j.Authorization;
import org.shredzone.acme4j.Identifier;
import org.shredzone.acme4j.Status;
import org.shredzone.acme4j.challenge.Challenge;
import org.shredzone.acme4j.challenge.Dns01Challenge;
import org.shredzone.acme4j.challenge.Http01Challenge;
import org.shredzone.acme4j.challenge.TlsAlpn01Challenge;
import org.shredzone.acme4j.exception.AcmeException;

/** Proves to an authority that a name is this edge's: puts the answer in place, says so, waits. */
final class NameProof {
  private final ChallengeAnswers answers;
  private final Patience patience;
  private final AcmeChallenge kind;

  NameProof(ChallengeAnswers answers, Patience patience, AcmeChallenge kind) {
    this.answers = answers;
    this.patience = patience;
    this.kind = kind;
  }

  /** Throws {@link Refused} where the authority does not believe it. */
  void prove(Authorization authorization) throws AcmeException, InterruptedException {
    Challenge challenge = challenge(authorization);
    switch (place(authorization.getIdentifier(), challenge)) {
      case Outcome.Ok<ChallengeAnswers.Placed>(ChallengeAnswers.Placed placed) -> {
        try (placed) {
          challenge.trigger();
          if (patience.until(authorization, Status.VALID) != Status.VALID) {
            throw notProven(authorization, challenge);
          }
        }
      }
      case Outcome.Failed<ChallengeAnswers.Placed>(Problem problem) -> throw new Refused(problem);
    }
  }

  private Challenge challenge(Authorization authorization) {
    // A wildcard can only be proven in the DNS, whatever the order of challenges says.
    String type =
        switch (authorization.isWildcard() ? AcmeChallenge.DNS_01 : kind) {
          case TLS_ALPN_01 -> TlsAlpn01Challenge.TYPE;
          case HTTP_01 -> Http01Challenge.TYPE;
          case DNS_01 -> Dns01Challenge.TYPE;
        };
    return authorization
        .findChallenge(type)
        .orElseThrow(() ->
            new Refused(
                Reason.ACME_VALIDATION_FAILED,
                "The authority does not offer " + type + " for this name."));
  }

  private Outcome<ChallengeAnswers.Placed> place(Identifier name, Challenge challenge) {
    return switch (challenge) {
      case Http01Challenge page -> answers.page(page.getToken(), page.getAuthorization());
      case TlsAlpn01Challenge handshake ->
          answers.handshake(name.getValue(), handshake.getAcmeValidation());
      case Dns01Challenge record -> {
        String full = record.getRRName(name);
        yield answers.record(
            full.endsWith(".") ? full.substring(0, full.length() - 1) : full, record.getDigest());
      }
      default ->
          Outcome.failed(Reason.ACME_VALIDATION_FAILED, "The authority asks for a proof unknown.");
    };
  }

  private static Refused notProven(Authorization authorization, Challenge challenge)
      throws AcmeException {
    challenge.fetch();
    String why =
        challenge
            .getError()
            .map(AcmeProblems::text)
            .orElse("the authority did not look in time, or did not say why");
    return new Refused(
        Reason.ACME_VALIDATION_FAILED,
        "The authority could not see that %s is this edge's by %s: %s. Check the DNS and that the port is reachable."
            .formatted(
                AcmeProblems.shown(authorization.getIdentifier().getValue()),
                challenge.getType(),
                why));
  }
}
