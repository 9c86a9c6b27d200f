package dev.doorward.transport.link;

import dev.doorward.common.identity.ServiceName;
import io.netty.handler.codec.http.HttpHeaders;

/**
 * The head of a call on a link. The edge names a service, never a host.
 *
 * @param call identifier of the call, for the logs of both sides
 * @param pathAndQuery what follows the service in the public URL, starts with {@code /}; for an MCP
 *     service {@code /mcp} with the client's query
 * @param token the caller's access token; the agent checks it and does not pass it on
 * @param headers end-to-end headers, lower-case names; no hop-by-hop, authorization, cookie or
 *     {@code doorward-} header
 */
public record LinkHead(
    String call,
    ServiceName service,
    String method,
    String pathAndQuery,
    String token,
    HttpHeaders headers) {}
