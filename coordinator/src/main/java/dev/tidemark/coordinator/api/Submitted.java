package dev.tidemark.coordinator.api;

/** A command that was accepted: the machine's version after it, and how many events it appended. */
public record Submitted(long version, int eventsAppended) {}
