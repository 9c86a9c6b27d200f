package dev.doorward.agent.connect;

import dev.doorward.common.token.AccessToken;
import dev.doorward.transport.link.CallHead;

/** A call for a service of this agent's, by a caller whose token holds there. */
public record VerifiedCall(CallHead head, AccessToken token) {}
