package dev.tidemark.coordinator.api.resource;

import com.fasterxml.jackson.annotation.JsonInclude;
import dev.tidemark.coordinator.api.Engine;
import dev.tidemark.coordinator.api.PlanQuestion;
import dev.tidemark.coordinator.api.PlanView;
import dev.tidemark.coordinator.api.Rejected;
import dev.tidemark.coordinator.api.edge.Permits;
import dev.tidemark.coordinator.api.edge.QueryFlag;
import dev.tidemark.coordinator.api.edge.QueryNumber;
import dev.tidemark.coordinator.api.edge.Refusal;
import dev.tidemark.coordinator.security.Permission;
import dev.tidemark.coordinator.view.BackupView;
import dev.tidemark.coordinator.view.ListQueries;
import dev.tidemark.schema.command.AbortBackup;
import dev.tidemark.schema.command.ChangeBackupSpeed;
import dev.tidemark.schema.command.DeleteBackup;
import dev.tidemark.schema.command.FinishBackup;
import dev.tidemark.schema.command.MachineCommand;
import dev.tidemark.schema.command.MergeBackup;
import dev.tidemark.schema.command.MergeReach;
import dev.tidemark.schema.command.ProtectBackup;
import dev.tidemark.schema.command.StartBackup;
import dev.tidemark.schema.command.UnprotectBackup;
import dev.tidemark.schema.command.VerifyBackup;
import dev.tidemark.schema.event.BackupCheckpoint;
import dev.tidemark.schema.event.BackupMode;
import dev.tidemark.schema.event.BackupRequest;
import dev.tidemark.schema.event.Compression;
import dev.tidemark.schema.event.DiskTarget;
import dev.tidemark.schema.event.PullTerms;
import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.CheckpointId;
import dev.tidemark.schema.id.CheckpointName;
import dev.tidemark.schema.id.DiskName;
import dev.tidemark.schema.id.MachineId;
import dev.tidemark.schema.id.MachineName;
import dev.tidemark.schema.id.OperationId;
import dev.tidemark.schema.id.RepositoryName;
import jakarta.servlet.http.HttpServletRequest;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.DeleteMapping;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestParam;
import org.springframework.web.bind.annotation.RestController;

/** {@code /v1/vms/{vm}/backups} and {@code /v1/backups}. */
@RestController
public final class BackupResource {
    private static final long LEASE_SECONDS = 24 * 3600;
    private static final long DEADLINE_SECONDS_MAX = 365L * 24 * 3600;
    private static final long LEASE_SECONDS_MAX = 30 * LEASE_SECONDS;

    private final Engine engine;
    private final ListQueries lists;
    private final Lookup lookup;
    private final Submissions submissions;
    private final FreshIds ids;
    private final Conditions conditions;
    private final Jobs jobs;

    public BackupResource(
            Engine engine,
            ListQueries lists,
            Lookup lookup,
            Submissions submissions,
            FreshIds ids,
            Conditions conditions) {
        this.engine = engine;
        this.lists = lists;
        this.lookup = lookup;
        this.submissions = submissions;
        this.ids = ids;
        this.conditions = conditions;
        this.jobs = new Jobs(engine);
    }

    /** What kind of backup is asked for. */
    enum Kind {
        AUTO,
        FULL,
        SINCE,
        COPY,
        DIFFERENTIAL;

        boolean namesCheckpoint() {
            return this == SINCE || this == DIFFERENTIAL;
        }

        boolean leavesChainsAlone() {
            return this == COPY || this == DIFFERENTIAL;
        }
    }

    record NewBackup(
            RepositoryName repo,
            Optional<Kind> kind,
            Optional<CheckpointName> since,
            Optional<List<DiskName>> disks,
            Optional<BackupMode> mode,
            Optional<CheckpointName> checkpoint,
            Optional<Boolean> noCheckpoint,
            OptionalLong bytesPerSecondMax,
            Optional<Boolean> compress,
            Optional<Boolean> quiesce,
            OptionalLong deadlineSeconds,
            OptionalLong leaseSeconds,
            OptionalLong scratchBytesMax,
            Optional<List<@Nullable DiskTarget>> targets) {}

    record NewSpeed(long bytesPerSecondMax) {}

    record NewMerge(Optional<Boolean> full) {}

    record NewVerification(Optional<Boolean> deep) {}

    record NewProtection(Optional<String> hold) {}

    record EndedProtection(Optional<Boolean> releaseHold) {}

    @JsonInclude(JsonInclude.Include.ALWAYS)
    record Backups(List<BackupView> backups, @Nullable String next) {}

    @GetMapping("/v1/vms/{vm}/backups/plan")
    ResponseEntity<PlanView> plan(
            @PathVariable("vm") MachineName vm,
            @RequestParam("repo") RepositoryName repo,
            @RequestParam(value = "kind", required = false) Optional<Kind> kind,
            @RequestParam(value = "since", required = false) Optional<CheckpointName> since,
            @RequestParam(value = "disk", required = false) @Nullable List<DiskName> disks,
            HttpServletRequest request)
            throws Rejected {
        MachineId machine = lookup.registered(vm).id();
        PlanQuestion question = new PlanQuestion(
                machine,
                lookup.repository(repo),
                request(machine, kind, since),
                Given.disks(Optional.ofNullable(disks)));
        return conditions.tagged(request, machine, () -> engine.plan(question));
    }

    @PostMapping("/v1/vms/{vm}/backups")
    ResponseEntity<?> start(
            @PathVariable("vm") MachineName vm,
            @RequestBody NewBackup body,
            @RequestParam(value = "dryRun", defaultValue = "false") QueryFlag dryRun,
            HttpServletRequest request)
            throws Rejected {
        List<DiskName> disks = Given.disks(body.disks());
        boolean beside = body.kind().filter(Kind::leavesChainsAlone).isPresent();
        boolean checkpointWanted = !beside && !body.noCheckpoint().orElse(false);
        if (beside && body.checkpoint().isPresent()) {
            throw Refusal.member(
                    "checkpoint",
                    "a backup of kind " + body.kind().get() + " stands beside the chains and makes no checkpoint",
                    "Leave 'checkpoint' out, or choose another kind.");
        }
        if (!checkpointWanted && body.checkpoint().isPresent()) {
            throw Refusal.member(
                    "checkpoint", "'checkpoint' and 'noCheckpoint' exclude each other", "Leave one of them out.");
        }
        if (body.bytesPerSecondMax().isPresent() && body.bytesPerSecondMax().getAsLong() < 1) {
            throw Refusal.member(
                    "bytesPerSecondMax", "'bytesPerSecondMax' is less than 1", "Leave it out for full speed.");
        }
        long deadline = body.deadlineSeconds().orElse(1);
        if (deadline < 1 || deadline > DEADLINE_SECONDS_MAX) {
            throw Refusal.member(
                    "deadlineSeconds",
                    "'deadlineSeconds' is not between 1 and " + DEADLINE_SECONDS_MAX,
                    "Leave it out to give it all the time it takes.");
        }
        BackupMode mode = body.mode().orElse(BackupMode.PUSH);
        checkTerms(body, mode);
        List<DiskTarget> targets = Given.targets(body.targets());
        if (!targets.isEmpty()) {
            // What was there is overwritten: whoever only makes backups destroys nothing.
            Permits.require(Permission.RESTORE);
            Permits.requireEveryMachine("targets");
        }
        if (!targets.isEmpty() && body.kind().filter(Kind.COPY::equals).isEmpty()) {
            throw Refusal.member(
                    "targets",
                    "only a backup of kind COPY goes to 'targets': nothing can be incremental to what is no file",
                    "Add \"kind\": \"COPY\", or leave 'targets' out.");
        }
        List<DiskName> selection = targets.isEmpty() || !disks.isEmpty()
                ? disks
                : targets.stream().map(DiskTarget::disk).distinct().toList();
        boolean nameIsOurs = checkpointWanted && body.checkpoint().isEmpty();
        return submissions.accept(request, dryRun.isSet(), body, nameIsOurs, attempt -> {
            OperationId operation = ids.operation();
            MachineId machine = lookup.registered(vm).id();
            Instant now = ids.now();
            CheckpointName name = body.checkpoint().orElseGet(() -> CheckpointResource.defaultName(now, attempt));
            return new Submissions.Proposal(
                    new StartBackup(
                            machine,
                            operation,
                            ids.backup(),
                            lookup.repository(body.repo()),
                            mode,
                            targets.isEmpty()
                                    ? request(machine, body.kind(), body.since())
                                    : new BackupRequest.Copy(Optional.of(targets)),
                            checkpointWanted
                                    ? Optional.of(new BackupCheckpoint(ids.checkpoint(), name))
                                    : Optional.empty(),
                            selection,
                            body.bytesPerSecondMax(),
                            body.compress().orElse(false) ? Optional.of(Compression.ZSTD) : Optional.empty(),
                            body.quiesce().orElse(false),
                            mode == BackupMode.PULL ? Optional.of(terms(body, now)) : Optional.empty(),
                            body.deadlineSeconds().isPresent()
                                    ? Optional.of(now.plusSeconds(
                                            body.deadlineSeconds().getAsLong()))
                                    : Optional.empty(),
                            now),
                    operation);
        });
    }

    @GetMapping("/v1/vms/{vm}/backups")
    ResponseEntity<Backups> list(
            @PathVariable("vm") MachineName vm,
            @RequestParam(value = "repo", required = false) Optional<RepositoryName> repo,
            @RequestParam(value = "deleted", defaultValue = "false") QueryFlag deleted,
            @RequestParam(value = "limit", defaultValue = "1000") QueryNumber limit,
            @RequestParam(value = "after", required = false) Optional<String> after,
            HttpServletRequest request)
            throws Rejected {
        MachineId machine = lookup.known(vm).id();
        Optional<RepositoryName> repository = repo.map(lookup::repository);
        Page.Wish wish = Page.Wish.of("backups " + machine + repository + deleted, limit, after, Page.VERSION);
        return conditions.tagged(request, machine, () -> {
            Page<BackupView> page = Page.of(
                    wish,
                    lists.backups(machine, repository, deleted.isSet(), wish.version(0), wish.limit()),
                    jobs::present);
            return new Backups(page.items(), page.next());
        });
    }

    @GetMapping("/v1/backups/{backup}")
    ResponseEntity<BackupView> show(@PathVariable("backup") String backup, HttpServletRequest request) throws Rejected {
        BackupView found = lookup.backup(backup, "backup");
        return conditions.tagged(
                request, new MachineId(found.vmId()), () -> jobs.present(lookup.backup(found.id(), "backup")));
    }

    @PostMapping("/v1/backups/{backup}/abort")
    ResponseEntity<?> abort(
            @PathVariable("backup") String backup,
            @RequestBody Nothing body,
            @RequestParam(value = "dryRun", defaultValue = "false") QueryFlag dryRun,
            HttpServletRequest request)
            throws Rejected {
        return act(
                request,
                dryRun,
                body,
                backup,
                about -> new AbortBackup(about.machine(), about.operation(), about.backup(), about.at()));
    }

    @PostMapping("/v1/backups/{backup}/finish")
    ResponseEntity<?> finish(
            @PathVariable("backup") String backup,
            @RequestBody Nothing body,
            @RequestParam(value = "dryRun", defaultValue = "false") QueryFlag dryRun,
            HttpServletRequest request)
            throws Rejected {
        return act(
                request,
                dryRun,
                body,
                backup,
                about -> new FinishBackup(about.machine(), about.operation(), about.backup(), about.at()));
    }

    @PostMapping("/v1/backups/{backup}/speed")
    ResponseEntity<?> changeSpeed(
            @PathVariable("backup") String backup,
            @RequestBody NewSpeed body,
            @RequestParam(value = "dryRun", defaultValue = "false") QueryFlag dryRun,
            HttpServletRequest request)
            throws Rejected {
        long limit = body.bytesPerSecondMax();
        if (limit < 0) {
            throw Refusal.member("bytesPerSecondMax", "'bytesPerSecondMax' is less than 0", "Give 0 for full speed.");
        }
        return act(
                request,
                dryRun,
                body,
                backup,
                about -> new ChangeBackupSpeed(
                        about.machine(),
                        about.operation(),
                        about.backup(),
                        limit == 0 ? OptionalLong.empty() : OptionalLong.of(limit),
                        about.at()));
    }

    @PostMapping("/v1/backups/{backup}/verify")
    ResponseEntity<?> verify(
            @PathVariable("backup") String backup,
            @RequestBody NewVerification body,
            @RequestParam(value = "dryRun", defaultValue = "false") QueryFlag dryRun,
            HttpServletRequest request)
            throws Rejected {
        return actOnCompleted(
                request,
                dryRun,
                body,
                backup,
                about -> new VerifyBackup(
                        about.machine(),
                        about.operation(),
                        about.backup(),
                        new RepositoryName(about.found().repo()),
                        body.deep().orElse(false),
                        about.at()));
    }

    @DeleteMapping("/v1/backups/{backup}")
    ResponseEntity<?> delete(
            @PathVariable("backup") String backup,
            @RequestParam(value = "policy", defaultValue = "false") QueryFlag policy,
            @RequestParam(value = "dryRun", defaultValue = "false") QueryFlag dryRun,
            HttpServletRequest request)
            throws Rejected {
        return act(request, dryRun, Nothing.INSTANCE, backup, about -> {
            if (!about.found().state().equals("DELETING")) {
                Completed.require(about.found());
            }
            return new DeleteBackup(about.machine(), about.operation(), about.backup(), policy.isSet(), about.at());
        });
    }

    @PostMapping("/v1/backups/{backup}/merge")
    ResponseEntity<?> merge(
            @PathVariable("backup") String backup,
            @RequestBody NewMerge body,
            @RequestParam(value = "policy", defaultValue = "false") QueryFlag policy,
            @RequestParam(value = "dryRun", defaultValue = "false") QueryFlag dryRun,
            HttpServletRequest request)
            throws Rejected {
        boolean full = body.full().orElse(false);
        if (full && policy.isSet()) {
            throw Refusal.member("full", "'full' goes with no policy", "Leave one of them out.");
        }
        MergeReach reach = policy.isSet() ? MergeReach.POLICY : full ? MergeReach.ALL : MergeReach.PARENT;
        return actOnCompleted(
                request,
                dryRun,
                body,
                backup,
                about -> new MergeBackup(about.machine(), about.operation(), about.backup(), reach, about.at()));
    }

    @PostMapping("/v1/backups/{backup}/protect")
    ResponseEntity<?> protect(
            @PathVariable("backup") String backup,
            @RequestBody NewProtection body,
            @RequestParam(value = "dryRun", defaultValue = "false") QueryFlag dryRun,
            HttpServletRequest request)
            throws Rejected {
        Optional<String> hold = Given.reason("hold", body.hold());
        return actOnCompleted(
                request,
                dryRun,
                body,
                backup,
                about -> new ProtectBackup(about.machine(), about.operation(), about.backup(), hold, about.at()));
    }

    @PostMapping("/v1/backups/{backup}/unprotect")
    ResponseEntity<?> unprotect(
            @PathVariable("backup") String backup,
            @RequestBody EndedProtection body,
            @RequestParam(value = "dryRun", defaultValue = "false") QueryFlag dryRun,
            HttpServletRequest request)
            throws Rejected {
        return actOnCompleted(
                request,
                dryRun,
                body,
                backup,
                about -> new UnprotectBackup(
                        about.machine(),
                        about.operation(),
                        about.backup(),
                        body.releaseHold().orElse(false),
                        about.at()));
    }

    /** A backup that something is asked of, and what a command about it tells. */
    private record About(MachineId machine, OperationId operation, BackupId backup, Instant at, BackupView found) {}

    private interface Asked {
        MachineCommand of(About about);
    }

    private ResponseEntity<?> act(HttpServletRequest request, QueryFlag dryRun, Object body, String backup, Asked asked)
            throws Rejected {
        return submissions.accept(request, dryRun.isSet(), body, attempt -> {
            OperationId operation = ids.operation();
            BackupView found = lookup.backup(backup, "backup");
            return new Submissions.Proposal(
                    asked.of(new About(
                            new MachineId(found.vmId()), operation, new BackupId(found.id()), ids.now(), found)),
                    operation);
        });
    }

    private ResponseEntity<?> actOnCompleted(
            HttpServletRequest request, QueryFlag dryRun, Object body, String backup, Asked asked) throws Rejected {
        return act(request, dryRun, body, backup, about -> {
            Completed.require(about.found());
            return asked.of(about);
        });
    }

    private static void checkTerms(NewBackup body, BackupMode mode) {
        boolean terms =
                body.leaseSeconds().isPresent() || body.scratchBytesMax().isPresent();
        if (terms && mode != BackupMode.PULL) {
            throw Refusal.member(
                    "mode",
                    "'leaseSeconds' and 'scratchBytesMax' are for pull backups only",
                    "Leave them out, or ask for the mode PULL.");
        }
        long lease = body.leaseSeconds().orElse(LEASE_SECONDS);
        if (lease < 1 || lease > LEASE_SECONDS_MAX) {
            throw Refusal.member(
                    "leaseSeconds",
                    "'leaseSeconds' is not between 1 and " + LEASE_SECONDS_MAX,
                    "Leave it out for a day.");
        }
        if (body.scratchBytesMax().orElse(1) < 1) {
            throw Refusal.member(
                    "scratchBytesMax", "'scratchBytesMax' is less than 1", "Leave it out for all the room there is.");
        }
    }

    private PullTerms terms(NewBackup body, Instant now) {
        return new PullTerms(
                ids.secret(), now.plusSeconds(body.leaseSeconds().orElse(LEASE_SECONDS)), body.scratchBytesMax());
    }

    private BackupRequest request(MachineId machine, Optional<Kind> kind, Optional<CheckpointName> since) {
        Kind wanted = kind.orElse(since.isPresent() ? Kind.SINCE : Kind.AUTO);
        if (wanted.namesCheckpoint() != since.isPresent()) {
            throw Refusal.member(
                    "since",
                    "'since' names a checkpoint if, and only if, the kind is SINCE or DIFFERENTIAL",
                    "Give both, or leave 'since' out.");
        }
        return switch (wanted) {
            case AUTO -> new BackupRequest.Automatic();
            case FULL -> new BackupRequest.Full();
            case SINCE -> new BackupRequest.Since(checkpoint(machine, since));
            case COPY -> new BackupRequest.Copy();
            case DIFFERENTIAL -> new BackupRequest.Differential(checkpoint(machine, since));
        };
    }

    private CheckpointId checkpoint(MachineId machine, Optional<CheckpointName> since) {
        return new CheckpointId(lookup.checkpoint(machine, since.orElseThrow()).id());
    }
}
