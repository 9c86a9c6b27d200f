package dev.doorward.transport.tls;

/** The reserved names of the link, docs/link-protocol.md section 1. */
public final class LinkTls {
  /** SNI name of links and enrolment; also the name in the edge's internal certificate. */
  public static final String SERVER_NAME = "link.doorward.internal";

  /** ALPN name of a link, version 1. */
  public static final String LINK = "doorward-link/1";

  /** ALPN name of enrolment, version 1. */
  public static final String ENROL = "doorward-enrol/1";

  /** What every ALPN name of Doorward's own starts with; never spoken under a public name. */
  static final String RESERVED_PREFIX = "doorward-";

  private LinkTls() {}
}
