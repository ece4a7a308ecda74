package dev.tidemark.coordinator.modelcheck;

import java.util.Set;

/**
 * How small the world is.
 *
 * @param faultsMax faults in one history
 * @param backups whether backups are asked for, beside checkpoints
 * @param deletionsMax at most three
 * @param repositories one or two
 */
record Scope(
        int disks,
        int granules,
        int checkpoints,
        int gateways,
        int repositories,
        int deletionsMax,
        int faultsMax,
        boolean backups,
        Set<Fault> faults) {
    Scope {
        faults = Set.copyOf(faults);
    }

    static Scope of(int disks, int granules, int checkpoints, int faultsMax, Fault... faults) {
        return new Scope(disks, granules, checkpoints, 1, 1, 1, faultsMax, true, Set.of(faults));
    }

    Scope withGateways(int number) {
        return new Scope(disks, granules, checkpoints, number, repositories, deletionsMax, faultsMax, backups, faults);
    }

    Scope withRepositories(int number) {
        return new Scope(disks, granules, checkpoints, gateways, number, deletionsMax, faultsMax, backups, faults);
    }

    Scope withDeletions(int most) {
        return new Scope(disks, granules, checkpoints, gateways, repositories, most, faultsMax, backups, faults);
    }

    Scope withoutBackups() {
        return new Scope(disks, granules, checkpoints, gateways, repositories, deletionsMax, faultsMax, false, faults);
    }

    boolean has(Fault fault) {
        return faults.contains(fault);
    }
}
