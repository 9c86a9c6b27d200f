package dev.doorward.transport.link.control;

import dev.doorward.common.identity.AgentId;

/**
 * What an agent sends whose certificate has ended, docs/link-protocol.md section 7.
 *
 * @param csr DER of the PKCS#10 request, signed by the agent's key
 * @param software version of the agent's software
 */
public record RenewRequest(AgentId agent, byte[] csr, String software) {}
