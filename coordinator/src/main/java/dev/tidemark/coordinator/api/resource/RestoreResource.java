package dev.tidemark.coordinator.api.resource;

import dev.tidemark.coordinator.api.Rejected;
import dev.tidemark.coordinator.api.edge.Permits;
import dev.tidemark.coordinator.api.edge.QueryFlag;
import dev.tidemark.coordinator.api.edge.Refusal;
import dev.tidemark.coordinator.view.BackupView;
import dev.tidemark.coordinator.view.Queries;
import dev.tidemark.schema.command.RestoreBackup;
import dev.tidemark.schema.event.DiskTarget;
import dev.tidemark.schema.event.RestoreFormat;
import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.DiskName;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.MachineName;
import dev.tidemark.schema.id.OperationId;
import dev.tidemark.schema.id.RepositoryName;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** {@code /v1/vms/{vm}/restores}. */
@RestController
public final class RestoreResource {
    private final Queries queries;
    private final Lookup lookup;
    private final Submissions submissions;
    private final FreshIds ids;

    public RestoreResource(Queries queries, Lookup lookup, Submissions submissions, FreshIds ids) {
        this.queries = queries;
        this.lookup = lookup;
        this.submissions = submissions;
        this.ids = ids;
    }

    record NewRestore(
            Optional<String> backup,
            Optional<String> at,
            Optional<RepositoryName> repo,
            Optional<List<DiskName>> disks,
            Optional<String> to,
            Optional<List<@Nullable DiskTarget>> targets,
            Optional<RestoreFormat> format) {}

    @PostMapping("/v1/vms/{vm}/restores")
    ResponseEntity<?> start(
            @PathVariable("vm") MachineName vm,
            @RequestBody NewRestore body,
            @RequestParam(value = "dryRun", defaultValue = "false") QueryFlag dryRun,
            HttpServletRequest request)
            throws Rejected {
        List<DiskName> disks = Given.disks(body.disks());
        List<DiskTarget> targets = Given.targets(body.targets());
        String directory = targets.isEmpty() ? Given.directory("to", body.to().orElse("")) : "";
        if (!targets.isEmpty()) {
            Permits.requireEveryMachine("targets");
            requireNothingBeside(body);
        }
        List<DiskName> held = targets.isEmpty()
                ? disks
                : targets.stream().map(DiskTarget::disk).toList();
        RestoreFormat format = body.format().orElse(targets.isEmpty() ? RestoreFormat.QCOW2 : RestoreFormat.RAW);
        Optional<Instant> at = Given.moment("at", body.at());
        if (at.isPresent() && body.backup().isPresent()) {
            throw Refusal.member("at", "'backup' and 'at' exclude each other", "Leave one of them out.");
        }
        return submissions.accept(request, dryRun.isSet(), body, attempt -> {
            OperationId operation = ids.operation();
            MachineId machine = lookup.registered(vm).id();
            BackupView backup = chosen(machine, body, at, held);
            return new Submissions.Proposal(
                    new RestoreBackup(
                            machine,
                            operation,
                            new BackupId(backup.id()),
                            new RepositoryName(backup.repo()),
                            disks,
                            backup.disks().stream()
                                    .map(disk -> new DiskName(disk.disk()))
                                    .toList(),
                            directory,
                            format,
                            targets,
                            ids.now()),
                    operation);
        });
    }

    private static void requireNothingBeside(NewRestore body) {
        if (body.to().isPresent() || body.disks().isPresent()) {
            throw Refusal.member(
                    "targets",
                    "'targets' names the disks and where each goes: 'to' and 'disks' have no place beside it",
                    "Leave 'to' and 'disks' out, or 'targets'.");
        }
        if (body.format().isPresent() && body.format().get() != RestoreFormat.RAW) {
            throw Refusal.member("format", "what goes to 'targets' is raw", "Leave 'format' out.");
        }
    }

    /** The newest one also if it is damaged: an older one must be asked for, not slipped in. */
    private BackupView chosen(MachineId machine, NewRestore body, Optional<Instant> at, List<DiskName> disks) {
        Optional<RepositoryName> repository = body.repo().map(lookup::repository);
        if (body.backup().isEmpty()) {
            return queries.newestCompleted(machine, repository, at, disks)
                    .orElseThrow(() -> Refusal.notFound(
                            "BACKUP_NOT_FOUND",
                            "there is no completed backup that fits",
                            "See the vm's backups; name one, another moment, or other disks."));
        }
        BackupView backup = lookup.backup(body.backup().get(), "backup");
        boolean elsewhere =
                repository.map(name -> !name.value().equals(backup.repo())).orElse(false);
        if (elsewhere || !backup.vmId().equals(machine.value())) {
            throw Refusal.notFound(
                    "BACKUP_NOT_FOUND",
                    "backup " + backup.id() + " is of another vm or in another repository",
                    "See the vm's backups for the ids.");
        }
        Completed.require(backup);
        return backup;
    }
}
