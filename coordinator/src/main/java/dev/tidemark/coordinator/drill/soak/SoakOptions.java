package dev.tidemark.coordinator.drill.soak;

import java.time.Duration;

/**
 * How to soak.
 *
 * @param length how long faults are injected
 * @param seed fixes what each actor tries, not when the system lets it
 * @param daemons machines that are a qemu-storage-daemon
 * @param virtualMachines machines that are a qemu-system with a processor
 * @param killEvery from one kill to the next
 * @param pace of the actors: the mean pause between two of their steps
 * @param calms how often all is looked over, the end included
 * @param sabotage a planted fault, which has to be found
 */
public record SoakOptions(
        Duration length,
        long seed,
        int daemons,
        int virtualMachines,
        Duration killEvery,
        Duration pace,
        int calms,
        Sabotage sabotage,
        boolean json) {
    /** The planted faults of the sabotaged twins. */
    public enum Sabotage {
        NONE,
        /** The bitmap is off during a write, between two looks. */
        WRITE_BEHIND_THE_BITMAP,
        /** One byte of a restored disk is changed before it is compared. */
        RESTORED_BYTE_CHANGED,
        /** A node of ours stays behind in QEMU. */
        NODE_LEFT_BEHIND
    }

    /** As the issue demands it: twenty daemons, three virtual machines, a kill every ten seconds. */
    public static SoakOptions standard(Duration length, long seed, boolean json) {
        return new SoakOptions(
                length, seed, 20, 3, Duration.ofSeconds(10), Duration.ofSeconds(4), 5, Sabotage.NONE, json);
    }
}
