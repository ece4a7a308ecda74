package dev.tidemark.coordinator.dashboard;

import dev.tidemark.coordinator.api.edge.Problem;

/** Why there is no such page. */
public record ProblemPage(Frame frame, Problem problem) {}
