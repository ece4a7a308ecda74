package dev.tidemark.schema.event;

import java.util.OptionalLong;

/**
 * What QEMU says of itself, and what Linux says of the process at the other end of the socket, where it can be had.
 */
public record QemuFacts(String version, OptionalLong processId, OptionalLong processStartedAtTicks) {}
