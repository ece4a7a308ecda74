package dev.tidemark.coordinator.chain;

import dev.tidemark.schema.command.ChangeRetention;
import dev.tidemark.schema.event.DiskMerge;
import dev.tidemark.schema.event.RetentionChanged;
import dev.tidemark.schema.id.BackupId;
import java.util.List;
import java.util.Optional;

/** What follows from a wish to keep no more than a policy does. */
final class RetentionDecider {
    private RetentionDecider() {}

    static Decision change(ChangeRetention command, Machine machine) {
        if (machine.did(command.operation())) {
            return Decision.accepted();
        }
        if (command.policy().isEmpty()
                && machine.retention(command.repository()).isEmpty()) {
            return Decision.rejected(new Rejection.NoRetention(command.repository()));
        }
        return Decision.accepted(new RetentionChanged(
                command.machine(), command.operation(), command.repository(), command.policy(), command.askedAt()));
    }

    /** What the policy of its repository makes it take in. */
    static List<DiskMerge> merges(Machine machine, StoredBackup stored) {
        return machine.retention(stored.repository()).stream()
                .flatMap(retention ->
                        RetentionPlanner.plan(machine, stored.repository(), retention.policy()).merges().stream())
                .filter(merge -> merge.backup().equals(stored.backup()))
                .flatMap(merge -> merge.disks().stream())
                .toList();
    }

    /** Why a backup that is to go by its repository's policy alone may not go. */
    static Optional<Rejection> keeps(Machine machine, StoredBackup stored) {
        Optional<Retention> retention = machine.retention(stored.repository());
        if (retention.isEmpty()) {
            return Optional.of(new Rejection.NoRetention(stored.repository()));
        }
        BackupId backup = stored.backup();
        if (!stored.targets().isEmpty()) {
            return Optional.of(new Rejection.Unsupported(
                    "no policy is for backup " + backup + ", which lies at targets: delete it by its name"));
        }
        return RetentionPlanner.plan(
                        machine, stored.repository(), retention.get().policy())
                .entries()
                .stream()
                .filter(entry -> entry.backup().equals(backup) && entry.stays())
                .findFirst()
                .map(entry -> new Rejection.RetentionKeeps(backup, entry.reasons()));
    }
}
