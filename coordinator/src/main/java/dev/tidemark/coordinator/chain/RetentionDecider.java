package dev.tidemark.coordinator.chain;

import dev.tidemark.schema.command.ChangeRetention;
import dev.tidemark.schema.event.RetentionChanged;
import dev.tidemark.schema.id.BackupId;
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

    /** Why a backup that is to go by its repository's policy alone may not go. */
    static Optional<Rejection> keeps(Machine machine, StoredBackup stored) {
        Optional<Retention> retention = machine.retention(stored.repository());
        if (retention.isEmpty()) {
            return Optional.of(new Rejection.NoRetention(stored.repository()));
        }
        BackupId backup = stored.backup();
        return RetentionPlanner.plan(
                        machine, stored.repository(), retention.get().policy())
                .entries()
                .stream()
                .filter(entry -> entry.backup().equals(backup) && entry.stays())
                .findFirst()
                .map(entry -> new Rejection.RetentionKeeps(backup, entry.reasons()));
    }
}
