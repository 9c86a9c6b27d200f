package dev.doorward.auth.login;

import com.webauthn4j.WebAuthnManager;
import com.webauthn4j.converter.AttestedCredentialDataConverter;
import com.webauthn4j.converter.util.ObjectConverter;
import com.webauthn4j.credential.CredentialRecordImpl;
import com.webauthn4j.data.AuthenticationData;
import com.webauthn4j.data.AuthenticationParameters;
import com.webauthn4j.data.AuthenticationRequest;
import com.webauthn4j.data.PublicKeyCredentialParameters;
import com.webauthn4j.data.PublicKeyCredentialType;
import com.webauthn4j.data.RegistrationData;
import com.webauthn4j.data.RegistrationParameters;
import com.webauthn4j.data.RegistrationRequest;
import com.webauthn4j.data.attestation.statement.COSEAlgorithmIdentifier;
import com.webauthn4j.data.attestation.statement.NoneAttestationStatement;
import com.webauthn4j.data.client.Origin;
import com.webauthn4j.data.client.challenge.DefaultChallenge;
import com.webauthn4j.server.ServerProperty;
import com.webauthn4j.util.exception.WebAuthnException;
import com.webauthn4j.verifier.exception.MaliciousCounterValueException;
import dev.doorward.auth.store.PasskeyStore.Passkey;
import dev.doorward.common.identity.Issuer;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;

/**
 * Judges what authenticators send (WebAuthn Level 3 sections 7.1 and 7.2): our origin and relying
 * party exactly, one of three algorithms, the person verified by the authenticator. Attestation is
 * not asked for. Pure; safe on any thread.
 */
public final class PasskeyCheck {
  /** COSE numbers of the algorithms that are taken: ES256, EdDSA, RS256. */
  public static final List<Integer> ALGORITHMS = List.of(-7, -8, -257);

  private final ObjectConverter converter = new ObjectConverter();
  private final AttestedCredentialDataConverter keys =
      new AttestedCredentialDataConverter(converter);
  private final WebAuthnManager webAuthn =
      WebAuthnManager.createNonStrictWebAuthnManager(converter);
  private final Origin origin;
  private final String rpId;

  /** A new credential. */
  public record Made(
      byte[] credential, byte[] key, long signCount, boolean backupEligible, boolean backedUp) {}

  /** What an authenticator's answer is worth. */
  public sealed interface Answer {
    /** It is good; the passkey's new state. */
    record Good(long signCount, boolean backedUp) implements Answer {}

    /** The signature is right but the counter stepped back: there may be a copy. */
    record Copied() implements Answer {}

    /** It is worth nothing. */
    record Bad() implements Answer {}
  }

  /** Judges for the server at {@code issuer}. */
  public PasskeyCheck(Issuer issuer) {
    this.origin = Origin.create(issuer.value());
    this.rpId = issuer.host();
  }

  /** The name by which authenticators know this server. */
  public String rpId() {
    return rpId;
  }

  /** Whether authenticators work here: they know servers by name only, never by address. */
  public static boolean isPossible(Issuer issuer) {
    String host = issuer.host();
    return !host.startsWith("[") && !host.matches("[0-9.]+");
  }

  /** The challenge that client data name; empty where they are malformed. */
  public static Optional<byte[]> challenge(byte[] clientData) {
    try {
      String challenge = JsonMapper.shared().readTree(clientData).path("challenge").asString("");
      return Optional.of(Base64.getUrlDecoder().decode(challenge));
    } catch (JacksonException | IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  /** A new credential that answers {@code challenge}; empty where it is not in order. */
  public Optional<Made> register(byte[] attestation, byte[] clientData, byte[] challenge) {
    try {
      RegistrationData data =
          webAuthn.verify(
              new RegistrationRequest(attestation, clientData),
              new RegistrationParameters(server(challenge), algorithms(), true, true));
      var made = data.getAttestationObject();
      if (made == null) {
        return Optional.empty();
      }
      var authenticator = made.getAuthenticatorData();
      var credential = authenticator.getAttestedCredentialData();
      if (credential == null) {
        return Optional.empty();
      }
      return Optional.of(
          new Made(
              credential.getCredentialId(),
              keys.convert(credential),
              authenticator.getSignCount(),
              authenticator.isFlagBE(),
              authenticator.isFlagBS()));
    } catch (WebAuthnException e) {
      return Optional.empty();
    }
  }

  /** What the answer of a passkey to {@code challenge} is worth. */
  public Answer judge(
      Passkey passkey,
      byte[] authenticatorData,
      byte[] clientData,
      byte[] signature,
      byte[] challenge) {
    try {
      AuthenticationData data =
          webAuthn.verify(
              new AuthenticationRequest(
                  passkey.credential(), authenticatorData, clientData, signature),
              new AuthenticationParameters(server(challenge), record(passkey), null, true, true));
      var authenticator = data.getAuthenticatorData();
      return authenticator == null
          ? new Answer.Bad()
          : new Answer.Good(authenticator.getSignCount(), authenticator.isFlagBS());
    } catch (MaliciousCounterValueException e) {
      return new Answer.Copied();
    } catch (WebAuthnException e) {
      return new Answer.Bad();
    }
  }

  private CredentialRecordImpl record(Passkey passkey) {
    return new CredentialRecordImpl(
        new NoneAttestationStatement(),
        true,
        passkey.backupEligible(),
        passkey.backedUp(),
        passkey.signCount(),
        keys.convert(passkey.key()),
        null,
        null,
        null,
        Set.of());
  }

  private ServerProperty server(byte[] challenge) {
    return ServerProperty.builder()
        .origin(origin)
        .rpId(rpId)
        .challenge(new DefaultChallenge(challenge))
        .build();
  }

  private static List<PublicKeyCredentialParameters> algorithms() {
    return ALGORITHMS.stream()
        .map(number ->
            new PublicKeyCredentialParameters(
                PublicKeyCredentialType.PUBLIC_KEY, COSEAlgorithmIdentifier.create(number)))
        .toList();
  }
}
