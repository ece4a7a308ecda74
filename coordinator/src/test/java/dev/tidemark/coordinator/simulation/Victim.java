package dev.tidemark.coordinator.simulation;

/** What can be killed. */
enum Victim {
    GATEWAY,
    COORDINATOR,
    QEMU,
    QEMU_BY_QUIT,
    DATABASE
}
