package dev.tidemark.coordinator.chain;

import java.util.Optional;

/** What is left where of an operation that nobody waits for any more: for whoever has to put it away by hand. */
final class Remains {
    private Remains() {}

    /** Of what is pending; empty if nothing is. */
    static Optional<String> of(Machine machine) {
        return machine.pending().flatMap(pending -> machine.registration().map(where -> described(pending, where)));
    }

    private static String described(Pending pending, Machine.Registration where) {
        String things = switch (pending) {
            case Pending.Backup backup
            when backup.pull().isPresent() -> "exports and their server, jobs, nodes and temporary bitmaps";
            case Pending.Backup _ -> "jobs, nodes and temporary bitmaps";
            case Pending.Creation _, Pending.Deletion _ -> "bitmaps";
        };
        String files = pending instanceof Pending.Backup backup
                ? ", and the unfinished directory of backup " + backup.backup() + " in repository "
                        + backup.repository()
                : "";
        return "as far as it had come: " + things + " of operation " + pending.operation() + " in the QEMU at "
                + where.qmpSocket() + " on host " + where.host() + files
                + "; a machine that is registered there again puts them away";
    }
}
