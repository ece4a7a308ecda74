package dev.tidemark.coordinator.api.resource;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.tidemark.coordinator.api.Rejected;
import dev.tidemark.coordinator.api.edge.QueryFlag;
import dev.tidemark.coordinator.api.edge.QueryNumber;
import dev.tidemark.coordinator.api.edge.Refusal;
import dev.tidemark.coordinator.view.BackupView;
import dev.tidemark.coordinator.view.ExportView;
import dev.tidemark.coordinator.view.ListQueries;
import dev.tidemark.schema.command.EndRestoreExport;
import dev.tidemark.schema.command.ExportBackup;
import dev.tidemark.schema.event.ExportTerms;
import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.DiskName;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.MachineName;
import dev.tidemark.schema.id.OperationId;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** {@code /v1/exports}: restore points that are read where they lie. */
@RestController
public final class ExportResource {
    private static final long LEASE_SECONDS = 24 * 3600;
    private static final long LEASE_SECONDS_MAX = 30 * LEASE_SECONDS;

    private final ListQueries lists;
    private final Lookup lookup;
    private final Submissions submissions;
    private final FreshIds ids;
    private final Conditions conditions;

    public ExportResource(
            ListQueries lists, Lookup lookup, Submissions submissions, FreshIds ids, Conditions conditions) {
        this.lists = lists;
        this.lookup = lookup;
        this.submissions = submissions;
        this.ids = ids;
        this.conditions = conditions;
    }

    record NewExport(Optional<List<DiskName>> disks, Optional<Boolean> writable, OptionalLong leaseSeconds) {}

    @JsonInclude(JsonInclude.Include.ALWAYS)
    record Exports(List<ExportView> exports, @Nullable String next) {}

    @PostMapping("/v1/backups/{backup}/exports")
    ResponseEntity<?> start(
            @PathVariable("backup") String backup,
            @RequestBody NewExport body,
            @RequestParam(value = "dryRun", defaultValue = "false") QueryFlag dryRun,
            HttpServletRequest request)
            throws Rejected {
        List<DiskName> disks = Given.disks(body.disks());
        long lease = body.leaseSeconds().orElse(LEASE_SECONDS);
        if (lease < 1 || lease > LEASE_SECONDS_MAX) {
            throw Refusal.member(
                    "leaseSeconds",
                    "'leaseSeconds' is not between 1 and " + LEASE_SECONDS_MAX,
                    "Leave it out for a day.");
        }
        return submissions.accept(request, dryRun.isSet(), body, attempt -> {
            OperationId operation = ids.operation();
            BackupView found = lookup.backup(backup, "backup");
            Completed.require(found);
            Instant now = ids.now();
            return new Submissions.Proposal(
                    new ExportBackup(
                            new MachineId(found.vmId()),
                            operation,
                            new BackupId(found.id()),
                            disks,
                            new ExportTerms(
                                    ids.secret(),
                                    now.plusSeconds(lease),
                                    body.writable().orElse(false)),
                            now),
                    operation);
        });
    }

    @GetMapping("/v1/vms/{vm}/exports")
    ResponseEntity<Exports> list(
            @PathVariable("vm") MachineName vm,
            @RequestParam(value = "ended", defaultValue = "false") QueryFlag ended,
            @RequestParam(value = "limit", defaultValue = "1000") QueryNumber limit,
            @RequestParam(value = "after", required = false) Optional<String> after,
            HttpServletRequest request)
            throws Rejected {
        MachineId machine = lookup.known(vm).id();
        Page.Wish wish = Page.Wish.of("exports " + machine + ended, limit, after, Page.VERSION);
        return conditions.tagged(request, machine, () -> {
            Page<ExportView> page = Page.of(
                    wish, lists.exports(machine, ended.isSet(), wish.version(0), wish.limit()), export -> export);
            return new Exports(page.items(), page.next());
        });
    }

    @GetMapping("/v1/exports/{export}")
    ResponseEntity<ExportView> show(@PathVariable("export") String export, HttpServletRequest request) throws Rejected {
        ExportView found = lookup.export(export, "export");
        return conditions.tagged(request, new MachineId(found.vmId()), () -> lookup.export(found.id(), "export"));
    }

    @PostMapping("/v1/exports/{export}/end")
    ResponseEntity<?> end(
            @PathVariable("export") String export,
            @RequestBody Nothing body,
            @RequestParam(value = "dryRun", defaultValue = "false") QueryFlag dryRun,
            HttpServletRequest request)
            throws Rejected {
        return submissions.accept(request, dryRun.isSet(), body, attempt -> {
            OperationId operation = ids.operation();
            ExportView found = lookup.export(export, "export");
            return new Submissions.Proposal(
                    new EndRestoreExport(
                            new MachineId(found.vmId()), operation, new OperationId(found.id()), ids.now()),
                    operation);
        });
    }
}
