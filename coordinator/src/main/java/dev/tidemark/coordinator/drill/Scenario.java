package dev.tidemark.coordinator.drill;

import java.util.Collections;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/** A workflow, a moment in it, and who is killed while the system stands there. */
record Scenario(Workflow workflow, Moment moment, Set<Victim> victims) {
    Scenario {
        victims = Collections.unmodifiableSet(new TreeSet<>(victims));
    }

    String name() {
        return workflow.word() + "/" + moment + "/" + Victim.words(victims);
    }

    /**
     * Whether the system does not stand at the moment for as long as it is held: QEMU's jobs go on, the database ends the
     * transaction, or the coordinator finds what was committed by itself.
     */
    boolean isBrief() {
        return moment.isInTransaction()
                || switch (moment.point()) {
                    case AFTER_COMMIT, TRANSACTION_SENT, AFTER_TRANSACTION, JOBS_RUN -> true;
                    default ->
                        workflow == Workflow.ABORT || (Workflow.BACKUPS.contains(workflow) && moment.passage() > 1);
                };
    }

    static Optional<Scenario> parsed(String name) {
        String[] parts = name.split("/", -1);
        if (parts.length != 3) {
            return Optional.empty();
        }
        Optional<Workflow> workflow = Workflow.parsed(parts[0]);
        Optional<Moment> moment = Moment.parsed(parts[1]);
        Optional<Set<Victim>> victims = Victim.parsed(parts[2]);
        return workflow.isEmpty() || moment.isEmpty() || victims.isEmpty()
                ? Optional.empty()
                : Optional.of(new Scenario(workflow.get(), moment.get(), victims.get()));
    }
}
