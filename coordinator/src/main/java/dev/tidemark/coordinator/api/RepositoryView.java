package dev.tidemark.coordinator.api;

/** A repository and where it lies on its gateway's host. */
public record RepositoryView(String name, String directory) {}
