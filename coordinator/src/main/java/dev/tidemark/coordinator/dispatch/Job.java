package dev.tidemark.coordinator.dispatch;

import dev.tidemark.coordinator.chain.Errand;
import dev.tidemark.coordinator.chain.Machine;
import dev.tidemark.coordinator.chain.Machine.Registration;
import dev.tidemark.coordinator.chain.Pending;
import dev.tidemark.schema.contract.VerifyOperation;
import dev.tidemark.schema.id.HostName;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.OperationId;
import dev.tidemark.schema.id.RepositoryName;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Something that reads or writes a repository for long, and has no outcome yet. Restores are none: whoever needs data back does not
 * stand in a row. Pull backups are none: they read no repository, and a client that takes a day would keep everybody else from theirs.
 * What is to end at once needs no place in it.
 *
 * @param reading of a machine's, gateways work at one at a time
 * @param begun it was seen at work
 */
record Job(
        OperationId operation,
        MachineId machine,
        HostName host,
        RepositoryName repository,
        boolean reading,
        boolean begun,
        String description) {
    /** In the order of asking: an operation's id begins with the moment at which it was made. */
    static final Comparator<Job> ORDER = Comparator.comparing(Job::operation);

    static List<Job> of(Machine machine) {
        List<Job> jobs = new ArrayList<>();
        if (machine.registered()) {
            Registration registration = machine.registration().orElseThrow();
            if (machine.pending().orElse(null) instanceof Pending.Backup backup
                    && backup.pull().isEmpty()
                    && !backup.abort()) {
                jobs.add(new Job(
                        backup.operation(),
                        machine.id(),
                        registration.host(),
                        backup.repository(),
                        false,
                        backup.started(),
                        "backup " + backup.backup() + " of vm " + registration.name()));
            }
            for (Errand errand : machine.errands()) {
                if (errand.operation() instanceof VerifyOperation verify && !errand.abort()) {
                    jobs.add(new Job(
                            verify.id(),
                            machine.id(),
                            registration.host(),
                            verify.repository(),
                            true,
                            false,
                            "verification of backup " + verify.backup() + " of vm " + registration.name()));
                }
            }
        }
        return jobs;
    }
}
