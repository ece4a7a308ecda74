package dev.tidemark.gateway.reconcile;

import dev.tidemark.gateway.act.Plan;
import dev.tidemark.schema.contract.Outcome;
import java.util.List;

/** What is to be done about the pending operation, going by what is there. */
sealed interface Next {
    /** No operation, or nothing that could be done for it now. */
    record Nothing() implements Next {}

    /** The operation has ended: to be reported with the look that shows it. */
    record Conclude(Outcome outcome) implements Next {}

    /** What was seen is not what the operation was planned for: to be reported, and the answer awaited. */
    record Blocked(Difference obstacle) implements Next {}

    /** Nothing of it is there, and everything fits: to be sent. */
    record Run(Plan plan) implements Next {}

    /** The guest is going to be frozen for the operation: to be told first. */
    record Announce() implements Next {}

    /** A backup of which nothing is there: targets to be made, then the transaction. */
    record Start() implements Next {}

    /** The jobs of a pull backup run, and clients cannot read all of its disks yet. */
    record Serve() implements Next {}

    /** Jobs run. */
    record Follow() implements Next {}

    /** These jobs have to end, and exports before them, because of this; then the next look concludes. */
    record Cancel(List<String> jobs, Outcome.Refused because) implements Next {
        public Cancel {
            jobs = List.copyOf(jobs);
        }
    }

    /** Every job concluded without error: to be made a backup. */
    record Finish() implements Next {}

    /** The files are a backup, or never will be: to be taken out of QEMU, then concluded. */
    record PutAway(Outcome outcome) implements Next {}
}
