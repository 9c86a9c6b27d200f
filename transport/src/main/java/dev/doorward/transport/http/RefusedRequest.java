package dev.doorward.transport.http;

import io.netty.handler.codec.http.HttpRequest;

/**
 * What goes down the pipeline in the place of a request that was refused; the rest of its body
 * follows and is to be dropped.
 *
 * @param request what was understood of it; its headers may be incomplete
 */
public record RefusedRequest(HttpRequest request, Refusal refusal) {}
