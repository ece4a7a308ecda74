package dev.tidemark.gateway.qmp;

/**
 * A process that no later one can be mistaken for.
 *
 * @param pid numbers are reused, hence the rest
 * @param startTimeTicks clock ticks from boot to the process's start (proc(5), stat, field 22)
 * @param bootId the kernel's random id of this boot
 */
public record PeerProcess(long pid, long startTimeTicks, String bootId) {}
