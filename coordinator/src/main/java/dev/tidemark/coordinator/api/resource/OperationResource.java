package dev.tidemark.coordinator.api.resource;

import dev.tidemark.coordinator.api.Rejected;
import dev.tidemark.coordinator.api.edge.Permits;
import dev.tidemark.coordinator.api.edge.QueryFlag;
import dev.tidemark.coordinator.api.edge.QueryNumber;
import dev.tidemark.coordinator.security.Permission;
import dev.tidemark.coordinator.view.OperationKind;
import dev.tidemark.coordinator.view.OperationView;
import dev.tidemark.schema.command.AbortBackup;
import dev.tidemark.schema.command.AbortErrand;
import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.OperationId;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Duration;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** {@code /v1/operations}. */
@RestController
public final class OperationResource {
    static final int WAIT_SECONDS_MAX = 60;

    private final Operations operations;
    private final Submissions submissions;
    private final FreshIds ids;

    public OperationResource(Operations operations, Submissions submissions, FreshIds ids) {
        this.operations = operations;
        this.submissions = submissions;
        this.ids = ids;
    }

    @GetMapping("/v1/operations/{operation}")
    OperationView show(
            @PathVariable("operation") OperationId operation,
            @RequestParam(value = "wait", defaultValue = "0") QueryNumber wait)
            throws InterruptedException {
        return operations.await(operation, waitingTime(wait)).orElseThrow(() -> Operations.unknown(operation));
    }

    @PostMapping("/v1/operations/{operation}/abort")
    ResponseEntity<?> abort(
            @PathVariable("operation") OperationId operation,
            @RequestBody Nothing body,
            @RequestParam(value = "dryRun", defaultValue = "false") QueryFlag dryRun,
            HttpServletRequest request)
            throws Rejected {
        return submissions.accept(request, dryRun.isSet(), body, attempt -> {
            OperationId own = ids.operation();
            OperationView found = operations.known(operation);
            Permits.require(whatItTook(found.kind()));
            MachineId machine = new MachineId(found.vmId());
            return new Submissions.Proposal(
                    found.kind() == OperationKind.BACKUP
                            ? new AbortBackup(machine, own, new BackupId(found.target()), ids.now())
                            : new AbortErrand(machine, own, operation, ids.now()),
                    own);
        });
    }

    /** Who may end something is whoever may begin it. */
    private static Permission whatItTook(OperationKind kind) {
        return switch (kind) {
            case BACKUP, ABORT_BACKUP, FINISH_BACKUP, CHANGE_SPEED -> Permission.BACKUP;
            case CREATE_CHECKPOINT -> Permission.CHECKPOINT;
            case VERIFY -> Permission.VERIFY;
            case RESTORE, EXPORT, END_EXPORT -> Permission.RESTORE;
            case DELETE_CHECKPOINT, DELETE_BACKUP, MERGE_BACKUP, PROTECT_BACKUP, UNPROTECT_BACKUP, CHANGE_RETENTION ->
                Permission.DELETE;
            // Whoever may end other things may not end what ends them.
            case REGISTER, REMOVE, ABORT_OPERATION -> Permission.MANAGE;
        };
    }

    static Duration waitingTime(QueryNumber seconds) {
        return Duration.ofSeconds(seconds.between(0, WAIT_SECONDS_MAX, "wait"));
    }
}
