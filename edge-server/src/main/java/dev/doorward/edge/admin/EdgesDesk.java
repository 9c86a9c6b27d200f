package dev.doorward.edge.admin;

import dev.doorward.common.outcome.Outcome;
import java.time.Duration;
import java.time.Instant;
import java.util.List;

/** The edges of other machines that may ask this auth-server. Blocks on storage. */
public interface EdgesDesk {
  /** An edge. */
  record EdgeView(String name, Instant joinedAt, Instant certificateEnds) {}

  /**
   * An invite.
   *
   * @param command the one line to paste on the edge's host
   */
  record EdgeInviteView(String edge, String invite, String command, Instant expiresAt) {}

  /** All of them. */
  List<EdgeView> edges();

  /**
   * A new invite.
   *
   * @param address where the edge finds this auth-server; empty for what port.listen says
   */
  Outcome<EdgeInviteView> inviteEdge(String name, String address, Duration valid);

  /** Takes one off the table; its connections end at once. */
  Outcome<EdgeView> removeEdge(String name);
}
