package dev.doorward.common.outcome;

import java.util.Locale;

/**
 * Why something was refused or failed: one word for one cause, the same in answers, logs, metrics,
 * audit and console. Codes are stable; docs/reference/reasons.md lists them.
 */
public enum Reason {
  // HTTP hygiene
  HTTP_MALFORMED("the request or its framing breaks RFC 9110 or RFC 9112"),
  HTTP_HOST_MISMATCH("the Host or authority is none that this edge serves"),
  HTTP_METHOD_NOT_ALLOWED("the method is not one of this path"),
  HTTP_PATH_REFUSED("the path is not in canonical form"),
  HTTP_HEADER_REFUSED("a header may not be sent, or not in this form"),
  HTTP_HEADERS_TOO_LARGE("request line or headers pass their bound"),
  HTTP_BODY_TOO_LARGE("the body passes its bound"),
  HTTP_CONTENT_TYPE_REFUSED("the content type or coding is not taken here"),
  HTTP_ORIGIN_REFUSED("the Origin is not on the list of allowed origins"),
  HTTP_TIMEOUT("the request took longer to arrive than its deadline"),
  ROUTE_UNKNOWN("nothing is at this path"),
  // JSON-RPC and MCP
  JSON_MALFORMED("the body is not JSON in UTF-8"),
  JSON_DUPLICATE_KEY("an object has one key twice, or twice but for upper and lower case"),
  JSON_TOO_DEEP("objects and arrays are nested past their bound"),
  JSON_TOO_LARGE("a string, number or list in the body passes its bound"),
  MCP_NOT_A_MESSAGE("the body is JSON but no JSON-RPC message of MCP"),
  MCP_BATCH_REFUSED("a batch, where the revision has none"),
  MCP_HEADER_MISMATCH("a header says something else than the body"),
  MCP_VERSION_UNSUPPORTED("the MCP revision is unknown"),
  MCP_SESSION_UNKNOWN("no such session of this person and client"),
  SSE_EVENT_TOO_LARGE("an event of an event stream passes its bound"),
  // tokens and policy
  TOKEN_MISSING("no access token came with the call"),
  TOKEN_MALFORMED("the access token is no token of this issuer"),
  TOKEN_SIGNATURE_INVALID("the signature of the access token is wrong"),
  TOKEN_EXPIRED("the access token has ended"),
  TOKEN_NOT_YET_VALID("the access token starts in the future; a clock may be wrong"),
  TOKEN_AUDIENCE_MISMATCH("the access token is for another service"),
  TOKEN_ISSUER_MISMATCH("the access token is of another issuer"),
  TOKEN_KEY_UNKNOWN("the key that signed the access token is not known, or no longer"),
  TOKEN_REVOKED("the grant behind the access token was revoked"),
  PERSONAL_TOKEN_REFUSED("the personal access token is unknown, revoked, or may not be made"),
  PERSONAL_TOKEN_UNKNOWN("there is no personal access token of that name"),
  DPOP_PROOF_MISSING("the token is bound to a key, and no proof of that key came with the call"),
  DPOP_PROOF_REFUSED("the proof of the key is malformed, or of another request, time or key"),
  DPOP_PROOF_REPLAYED("the proof of the key was used before"),
  DPOP_NONCE_NEEDED("the proof of the key must carry the nonce that came with the answer"),
  TOKEN_IN_QUERY("an access token in the URL is refused, whatever it is worth"),
  SERVICE_NOT_ALLOWED("no such service for this person or client"),
  SCOPE_INSUFFICIENT("the access token lacks a scope"),
  ADDRESS_LIMITED("too many requests from this address"),
  // link and agent
  AGENT_OFFLINE("no agent that offers the service is connected"),
  AGENT_REFUSED("the agent refused the call"),
  AGENT_REVOKED("the agent was taken off the list"),
  LINK_FAILED("the link broke while the call was on it"),
  LINK_VERSION_UNSUPPORTED(
      "edge and agent have no version of the link in common; update the older"),
  LINK_PROTOCOL_VIOLATION("the peer broke the protocol of the link"),
  LINK_STREAMS_EXHAUSTED("every link to the agent is full"),
  SERVICE_UNKNOWN("the agent does not have this service in its file"),
  BACKEND_UNREACHABLE("the agent cannot connect to the MCP server"),
  BACKEND_NOT_TRUSTED("the agent does not accept the certificate of the MCP server"),
  BACKEND_TIMEOUT("the MCP server did not answer in time"),
  BACKEND_ABORTED("the MCP server broke its answer off"),
  BACKEND_PROTOCOL_VIOLATION("the MCP server broke HTTP"),
  BACKEND_REDIRECT_REFUSED("the MCP server answered with a redirect, which is never followed"),
  BACKEND_CONTENT_TYPE_REFUSED(
      "the MCP server answered something else than JSON or an event stream"),
  CLIENT_GONE("the client left before the answer was whole"),
  AUDIT_UNAVAILABLE("the audit record cannot be written, so the call is refused"),
  OVERLOADED("a bound on work in hand is reached; repeat later"),
  SHUTTING_DOWN("the process is ending; repeat later"),
  AUTH_SERVER_UNREACHABLE("the auth-server, a process of its own, does not answer; repeat later"),
  AUTH_SERVER_APART("not the edge but the auth-server, a process of its own, is to be asked"),
  EDGE_UNKNOWN("the auth-server knows no such edge, or not with this certificate"),
  // enrolment
  INVITE_MALFORMED("the text is no invite, or not all of one"),
  INVITE_UNKNOWN("the edge has made no such invite"),
  INVITE_USED("the invite was used before"),
  INVITE_NETWORK_REFUSED("the invite is for machines of another network"),
  INVITE_EXPIRED("the invite has ended"),
  INVITE_OTHER_EDGE("the edge that answered is not the one that made the invite"),
  CSR_REFUSED("the certificate request is malformed or of another key type than P-256"),
  CERTIFICATE_EXPIRED("the agent slept past the end of its certificate; it needs a new invite"),
  KEY_STATEMENT_REFUSED(
      "the statement of token keys is not one of the CA that the agent trusts, or an old one"),
  AGENT_UNKNOWN("there is no agent of that name"),
  CLOCK_WRONG("this machine's time is outside that of a certificate that is right otherwise"),
  EDGE_UNREACHABLE("the agent cannot connect to the edge"),
  PROXY_FAILED("the HTTP proxy on the way to the edge opens no tunnel"),
  EDGE_NOT_TRUSTED("the certificate of the edge is not of the agent's CA"),
  // people, clients, sign-in
  PERSON_EXISTS("a person of that name exists"),
  PERSON_UNKNOWN("there is no person of that name"),
  PERSON_NAME_REFUSED("the name has characters that no name may have"),
  PASSWORD_REFUSED("the password breaks a rule that the answer names"),
  SIGN_IN_FAILED("name or password is wrong"),
  SIGN_IN_LIMITED("too many failed sign-ins; wait"),
  UPSTREAM_UNAVAILABLE("the place where the person has an account cannot be asked"),
  UPSTREAM_REFUSED("the answer of that place is late, not in order, or a refusal"),
  PERSON_NOT_ADMITTED("the account is on no list and its person was not invited"),
  SETUP_LINK_INVALID("the setup link was used, has ended, or never was"),
  CLIENT_UNKNOWN("no such client is registered here"),
  RESOURCE_SERVER_EXISTS("a resource server of that name exists"),
  RESOURCE_SERVER_UNKNOWN("there is no such resource server, or its secret is wrong"),
  CLIENT_UNPROVEN("the client did not prove that it is the one that it says it is"),
  CLIENT_LIMIT("too many registrations or look-ups of clients"),
  REGISTRATION_OFF("clients cannot register themselves at this edge"),
  CLIENT_DOCUMENT_UNAVAILABLE("the document that describes the client cannot be fetched"),
  CLIENT_DOCUMENT_REFUSED("the document that describes the client breaks a rule of such documents"),
  CLIENT_NOT_TRUSTED("the operator takes no clients of this host"),
  CLIENT_METADATA_REFUSED("a member of the registration has a value that is not taken"),
  OAUTH_REQUEST_REFUSED("a parameter is missing, repeated, malformed or not supported"),
  OAUTH_REQUEST_EXPIRED("the sign-in was answered, took too long, or began in another browser"),
  PKCE_REFUSED("code_challenge or code_verifier is missing, wrong, or not S256"),
  RESOURCE_UNKNOWN("the resource is not the URL of one service of this server"),
  CODE_REFUSED("the authorization code is unknown, expired or bound to something else"),
  DEVICE_CODE_REFUSED("the device code is unknown, expired, denied, or asked for too often"),
  DEVICE_CODE_PENDING("the person has not answered the device yet"),
  ASSERTION_REFUSED(
      "the identity assertion does not hold, was used before, or is about nobody here"),
  CODE_REUSED("the authorization code was used before; what came of it is revoked"),
  REFRESH_REFUSED("the refresh token is unknown, expired, revoked or another client's"),
  REFRESH_REUSED("the refresh token was used before; its grant is revoked"),
  REDIRECT_REFUSED("the redirect URI may not be used"),
  // certificates of public authorities
  ACME_UNREACHABLE("the certificate authority does not answer, or not as ACME wants it"),
  ACME_REFUSED("the certificate authority refused the account or the order"),
  ACME_LIMITED("the certificate authority wants to be asked later"),
  ACME_VALIDATION_FAILED("the certificate authority could not see that the name is this edge's"),
  CERTIFICATE_ENDING("the public certificate ends soon, or has ended, and could not be renewed"),
  // configuration, files, process
  CONFIG_UNREADABLE("the configuration file cannot be read"),
  CONFIG_MALFORMED("the configuration file is not YAML of the expected form"),
  CONFIG_UNKNOWN_KEY("a key that does not exist"),
  CONFIG_VALUE_REFUSED("a value of the wrong kind or past its bound"),
  FILE_UNREADABLE("a file cannot be read or written"),
  FILE_MODE_REFUSED("others may read a file or directory that holds secrets"),
  STORE_LOCKED("another process uses the data directory"),
  STORE_FAILED("the database failed"),
  PORT_IN_USE("another process listens on the port"),
  NOT_RUNNING("the process that should answer is not running"),
  USAGE("the command line is wrong"),
  INTERNAL("a fault of Doorward itself; its log has more");

  private final String code = name().toLowerCase(Locale.ROOT);
  private final String meaning;

  Reason(String meaning) {
    this.meaning = meaning;
  }

  /** What has happened, for the reference page. */
  public String meaning() {
    return meaning;
  }

  /** The stable code in snake_case. */
  public String code() {
    return code;
  }

  @Override
  public String toString() {
    return code;
  }
}
