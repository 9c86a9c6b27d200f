package dev.doorward.transport.link.control;

import dev.doorward.common.identity.Secret;

/**
 * What a machine sends to become an agent, docs/link-protocol.md section 7.
 *
 * @param invite public identifier of the invite
 * @param csr DER of the PKCS#10 request
 * @param software version of the agent's software
 */
public record EnrolRequest(String invite, Secret secret, byte[] csr, String software) {}
