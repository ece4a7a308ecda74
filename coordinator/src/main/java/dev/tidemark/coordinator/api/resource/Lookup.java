package dev.tidemark.coordinator.api.resource;

import dev.tidemark.coordinator.api.Engine;
import dev.tidemark.coordinator.api.edge.Problem;
import dev.tidemark.coordinator.api.edge.Refusal;
import dev.tidemark.coordinator.security.ActTrail;
import dev.tidemark.coordinator.security.Callers;
import dev.tidemark.coordinator.view.BackupView;
import dev.tidemark.coordinator.view.CheckpointView;
import dev.tidemark.coordinator.view.ExportView;
import dev.tidemark.coordinator.view.MachineReference;
import dev.tidemark.coordinator.view.Queries;
import dev.tidemark.schema.id.CheckpointName;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.MachineName;
import dev.tidemark.schema.id.RepositoryName;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** From what callers write to what it stands for; a ULID has the form of a name too, so one parameter takes both. */
public final class Lookup {
    private static final Pattern BACKUP = Pattern.compile("[0-7][0-9A-HJKMNP-TV-Z]{5,25}");

    private final Queries queries;
    private final Engine engine;

    public Lookup(Queries queries, Engine engine) {
        this.queries = queries;
        this.engine = engine;
    }

    /** A machine that is registered. */
    MachineReference registered(MachineName nameOrId) {
        MachineReference machine = known(nameOrId);
        if (machine.removed()) {
            throw unknownMachine(nameOrId);
        }
        return machine;
    }

    /** A machine that is registered, or, by its id, one that was: its history can still be read. */
    MachineReference known(MachineName nameOrId) {
        return queries.find(nameOrId.value())
                .filter(machine -> Callers.reaches(machine.id(), machine.name().value()))
                .orElseThrow(() -> unknownMachine(nameOrId));
    }

    private static Refusal unknownMachine(MachineName nameOrId) {
        return Refusal.notFound(
                "VM_NOT_FOUND",
                "there is no vm '" + nameOrId + "'",
                "'tidemark vm list' has the names, and GET /v1/vms.");
    }

    CheckpointView checkpoint(MachineId machine, CheckpointName nameOrId) {
        return queries.checkpoint(machine, nameOrId.value())
                .orElseThrow(() -> Refusal.notFound(
                        "CHECKPOINT_NOT_FOUND",
                        "the vm has no checkpoint '" + nameOrId + "'",
                        "See the vm's checkpoints for the names."));
    }

    /** A backup by its id, or by a beginning of it that no other shares. */
    BackupView backup(String idOrPrefix, String field) {
        if (!BACKUP.matcher(idOrPrefix).matches()) {
            throw new Refusal(Problem.of(
                            400,
                            "INVALID_NAME",
                            "a backup id is a ULID, or the first 6 or more characters of one",
                            "Copy the id from the list of backups.")
                    .withField(field));
        }
        List<BackupView> found = queries.backupsBeginning(idOrPrefix, reach());
        if (found.isEmpty()) {
            if (reach().isPresent()
                    && !queries.backupsBeginning(idOrPrefix, Optional.empty()).isEmpty()) {
                ActTrail.beyondReachNow();
            }
            throw Refusal.notFound(
                    "BACKUP_NOT_FOUND", "there is no backup '" + idOrPrefix + "'", "See the vm's backups for the ids.");
        }
        if (found.size() > 1) {
            throw new Refusal(Problem.of(
                            400,
                            "AMBIGUOUS_BACKUP",
                            "more than one backup's id begins with '" + idOrPrefix + "'",
                            "Give more characters of the id.")
                    .withField(field));
        }
        return found.getFirst();
    }

    /** An export by its id, or by a beginning of it that no other shares. */
    ExportView export(String idOrPrefix, String field) {
        if (!BACKUP.matcher(idOrPrefix).matches()) {
            throw new Refusal(Problem.of(
                            400,
                            "INVALID_NAME",
                            "an export's id is a ULID, or the first 6 or more characters of one",
                            "Copy the id from the list of exports.")
                    .withField(field));
        }
        List<ExportView> found = queries.exportsBeginning(idOrPrefix, reach());
        if (found.isEmpty()) {
            if (reach().isPresent()
                    && !queries.exportsBeginning(idOrPrefix, Optional.empty()).isEmpty()) {
                ActTrail.beyondReachNow();
            }
            throw Refusal.notFound(
                    "EXPORT_NOT_FOUND", "there is no export '" + idOrPrefix + "'", "See the vm's exports for the ids.");
        }
        if (found.size() > 1) {
            throw new Refusal(Problem.of(
                            400,
                            "AMBIGUOUS_EXPORT",
                            "more than one export's id begins with '" + idOrPrefix + "'",
                            "Give more characters of the id.")
                    .withField(field));
        }
        return found.getFirst();
    }

    /** What the caller cannot reach is not found, and makes no beginning of an id ambiguous. */
    private static Optional<String> reach() {
        return Callers.current().scope().restriction();
    }

    RepositoryName repository(RepositoryName name) {
        if (engine.repositories().stream().noneMatch(known -> known.name().equals(name.value()))) {
            throw Refusal.notFound(
                    "REPOSITORY_NOT_FOUND",
                    "there is no repository '" + name + "'",
                    "'tidemark doctor' has the names, and GET /v1/repositories.");
        }
        return name;
    }
}
