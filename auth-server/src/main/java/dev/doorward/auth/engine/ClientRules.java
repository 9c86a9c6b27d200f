package dev.doorward.auth.engine;

import dev.doorward.config.edge.ClientDocumentsConfig;

/**
 * Which clients may ask for authorization, as edge.yaml says.
 *
 * @param mostUnused how many clients that nobody allowed anything are kept
 */
public record ClientRules(ClientDocumentsConfig documents, int mostUnused) {}
