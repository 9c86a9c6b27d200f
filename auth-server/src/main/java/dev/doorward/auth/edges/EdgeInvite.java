package dev.doorward.auth.edges;

import dev.doorward.common.identity.Invite;
import dev.doorward.common.outcome.Outcome;
import dev.doorward.common.outcome.Reason;

/**
 * The one-time string that lets an edge of another machine in. The same as an agent's, but for its
 * first letters, so that nobody takes one for the other; in place of the edge's address it carries
 * that of the auth-server.
 */
public final class EdgeInvite {
  /** What every such invite starts with. */
  public static final String PREFIX = "dwe1_";

  private EdgeInvite() {}

  /** The string to paste. */
  public static String encode(Invite invite) {
    return PREFIX + invite.encode().substring(Invite.PREFIX.length());
  }

  /** Reads a pasted string. */
  public static Outcome<Invite> parse(String pasted) {
    String text = pasted.strip();
    return text.startsWith(PREFIX)
        ? Invite.parse(Invite.PREFIX + text.substring(PREFIX.length()))
        : Outcome.failed(
            Reason.INVITE_MALFORMED,
            "This is not an invite of an edge: one starts with "
                + PREFIX
                + "; make it on the auth-server's host with: doorward edges invite NAME");
  }
}
