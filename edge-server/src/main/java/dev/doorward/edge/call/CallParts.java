package dev.doorward.edge.call;

import dev.doorward.common.audit.AuditSink;
import dev.doorward.common.mcp.McpPeek;
import dev.doorward.common.token.DpopGate;
import dev.doorward.edge.audit.DenialRecorder;
import dev.doorward.edge.legacy.SessionSeal;
import dev.doorward.edge.link.Dispatcher;
import dev.doorward.edge.link.OpenCalls;
import dev.doorward.edge.link.RelayPlan;
import dev.doorward.edge.reply.Challenge;
import dev.doorward.edge.reply.Cors;
import dev.doorward.policy.engine.PolicySnapshot;
import dev.doorward.policy.limit.AddressCredit;
import dev.doorward.transport.http.OriginCheck;
import java.time.Duration;
import java.time.InstantSource;
import java.util.function.Supplier;

/**
 * What every call needs; one for the process.
 *
 * @param proofs of the keys that tokens are bound to; with nonces
 * @param policy asked once a call, which keeps the snapshot
 * @param maxBody longest body of a POST in bytes
 * @param linkWait how long a call waits for a link of an agent that was seen before
 */
public record CallParts(
    OriginCheck origins,
    Cors cors,
    Challenge challenge,
    TokenStep tokens,
    DpopGate proofs,
    McpPeek peek,
    Supplier<PolicySnapshot> policy,
    AddressCredit credit,
    SessionSeal sessions,
    Dispatcher dispatcher,
    OpenCalls openCalls,
    AuditSink audit,
    DenialRecorder denials,
    RelayPlan relay,
    int maxBody,
    Duration linkWait,
    InstantSource clock) {}
