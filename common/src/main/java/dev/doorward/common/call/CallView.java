package dev.doorward.common.call;

import dev.doorward.common.identity.Resource;
import dev.doorward.common.identity.ServiceName;
import dev.doorward.common.token.TokenCheck;
import java.net.InetAddress;

/**
 * The small immutable picture of a call that every check reads. It holds no secret: the token is
 * here as the outcome of its verification only.
 *
 * @param call identifier of the call, for logs of edge and agent
 * @param resource public URL of the service
 * @param httpMethod upper case
 * @param mcpMethod JSON-RPC method of the body; {@code batch} or {@code response} where the body is
 *     one, empty where there is no body
 * @param mcpName name of the tool or prompt, or URI of the resource; empty where there is none
 * @param remote the client's address
 * @param token what became of the caller's token; a missing one is rejected with {@code
 *     token_missing}
 */
public record CallView(
    String call,
    ServiceName service,
    Resource resource,
    String httpMethod,
    String mcpMethod,
    String mcpName,
    InetAddress remote,
    TokenCheck token) {}
