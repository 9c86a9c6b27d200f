package dev.doorward.edge.admin;

/** What the operator can do with what an auth-server keeps: people, clients, tokens, keys. */
public record Kept(Desk desk, ClientDesk clients, TokenDesk tokens) {}
