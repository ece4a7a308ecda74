package dev.tidemark.coordinator.api.resource;

import dev.tidemark.coordinator.api.Engine;
import dev.tidemark.coordinator.api.JobSight;
import dev.tidemark.coordinator.security.Callers;
import dev.tidemark.coordinator.view.BackupView;
import dev.tidemark.coordinator.view.OperationView;
import dev.tidemark.schema.id.OperationId;
import java.util.Set;

/** What is under way, with how far it is or what it waits for: the log says neither. */
final class Jobs {
    private static final Set<String> OPEN = Set.of("REQUESTED", "RUNNING", "READY", "UNKNOWN");

    private final Engine engine;

    Jobs(Engine engine) {
        this.engine = engine;
    }

    OperationView present(OperationView operation) {
        JobSight sight = engine.job(new OperationId(operation.id()));
        if (sight.waitsFor().isPresent()) {
            return operation.waitingFor(told(sight.waitsFor().get()));
        }
        return sight.shown().map(operation::at).orElse(operation);
    }

    BackupView present(BackupView backup) {
        if (!OPEN.contains(backup.state())) {
            return backup;
        }
        JobSight sight = engine.job(new OperationId(backup.operation()));
        if (sight.waitsFor().isPresent()) {
            return backup.waitingFor(told(sight.waitsFor().get()));
        }
        return sight.shown().map(backup::at).orElse(backup);
    }

    /** The reason names jobs of other machines. */
    private static String told(String reason) {
        return Callers.current().scope().isAll() ? reason : "others are before it";
    }
}
