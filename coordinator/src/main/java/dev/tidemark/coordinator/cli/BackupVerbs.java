package dev.tidemark.coordinator.cli;

import dev.tidemark.coordinator.cli.client.ExitCode;
import dev.tidemark.coordinator.cli.client.Expected;
import dev.tidemark.coordinator.cli.client.Failure;
import dev.tidemark.coordinator.cli.client.RequestPath;
import dev.tidemark.schema.id.CheckpointName;
import dev.tidemark.schema.id.DiskName;
import dev.tidemark.schema.id.MachineName;
import dev.tidemark.schema.id.RepositoryName;
import dev.tidemark.schema.id.TargetAddress;
import dev.tidemark.schema.id.Ulid;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code tidemark backup}: copies of disks at one point in time. */
@Command(name = "backup", description = "Copies of disks at one point in time.")
final class BackupVerbs {
    private final Session session;

    BackupVerbs(Session session) {
        this.session = session;
    }

    /** The ways to move data that this version has. */
    enum Mode {
        PUSH,
        PULL
    }

    @Command(name = "start", description = "Backs up a machine while it runs.")
    int start(
            @Parameters(index = "0", paramLabel = "VM", description = "The machine.") MachineName vm,
            @Mixin BackupSelection selection,
            @Option(
                            names = "--mode",
                            paramLabel = "MODE",
                            description = "push: QEMU writes the target; pull: a client reads it.")
                    @Nullable
                    Mode mode,
            @Option(names = "--checkpoint", paramLabel = "NAME", description = "What to call the new checkpoint.")
                    @Nullable
                    CheckpointName checkpoint,
            @Option(names = "--no-checkpoint", description = "Create none: nothing can be incremental since this.")
                    boolean noCheckpoint,
            @Option(names = "--speed", paramLabel = "RATE", description = "Bytes per second at most, as in 10M.")
                    @Nullable
                    ByteRate speed,
            @Option(names = "--compress", description = "With zstd: smaller files, more work for QEMU.")
                    boolean compress,
            @Option(
                            names = "--quiesce",
                            description = "With the guest's file systems frozen at that moment, or not at all.")
                    boolean quiesce,
            @Option(
                            names = "--deadline",
                            paramLabel = "TIME",
                            description = "If it has not ended by then it is aborted and has failed; as in 6h.")
                    @Nullable
                    LeaseTime deadline,
            @Option(
                            names = "--lease",
                            paramLabel = "TIME",
                            description =
                                    "Pull: a backup that is not finished by then has failed; as in 24h (the default).")
                    @Nullable
                    LeaseTime lease,
            @Option(
                            names = "--scratch-limit",
                            paramLabel = "SIZE",
                            description = "Pull: keep no more than this of what the guest overwrites, as in 50G.")
                    @Nullable
                    ByteSize scratchLimit,
            @Option(
                            names = "--target",
                            paramLabel = "DISK=ADDRESS",
                            description =
                                    "With --kind copy: raw, over a block device or an NBD export that the gateway may write; may be repeated.")
                    @Nullable
                    Map<DiskName, TargetAddress> targets,
            @Option(names = "--dry-run", description = "Show the decision and the transaction, and do nothing.")
                    boolean dryRun,
            @Mixin ExpectOption expect,
            @Mixin WaitOptions wait) {
        if (targets != null && !selection.kind().equals("COPY")) {
            throw Session.misuse("--target goes with --kind copy: nothing can be incremental to what is no file");
        }
        if (targets != null && (compress || mode == Mode.PULL)) {
            throw Session.misuse("what goes to a --target is pushed, and is raw");
        }
        if (checkpoint != null && noCheckpoint) {
            throw Session.misuse("--checkpoint and --no-checkpoint exclude each other");
        }
        if (checkpoint != null && selection.isBesideTheChains()) {
            throw Session.misuse("a copy and a differential make no checkpoint: leave --checkpoint out");
        }
        ObjectNode body =
                Arguments.body().put("repo", selection.repositoryName()).put("kind", selection.kind());
        if (selection.since != null) {
            body.put("since", selection.since.value());
        }
        Arguments.putDisks(body, selection.disks);
        Arguments.putTargets(body, targets == null ? Map.of() : targets);
        if (mode != null) {
            body.put("mode", mode.name());
        }
        if (checkpoint != null) {
            body.put("checkpoint", checkpoint.value());
        }
        if (noCheckpoint) {
            body.put("noCheckpoint", true);
        }
        if (speed != null) {
            body.put("bytesPerSecondMax", speed.bytesPerSecond());
        }
        if (compress) {
            body.put("compress", true);
        }
        if (quiesce) {
            body.put("quiesce", true);
        }
        if ((lease != null || scratchLimit != null) && mode != Mode.PULL) {
            throw Session.misuse("--lease and --scratch-limit are for --mode pull");
        }
        if (deadline != null) {
            body.put("deadlineSeconds", deadline.seconds());
        }
        if (lease != null) {
            body.put("leaseSeconds", lease.seconds());
        }
        if (scratchLimit != null) {
            body.put("scratchBytesMax", scratchLimit.bytes());
        }
        RequestPath path = RequestPath.v1("vms", vm.value(), "backups");
        Expected expected = expect.of(session, vm);
        OperationRun run = new OperationRun(session);
        if (dryRun) {
            return run.dryRun(session.coordinator().post(path.with("dryRun", "true"), body, expected));
        }
        return run.start(
                wait, "tidemark backup list " + vm, () -> session.coordinator().post(path, body, expected));
    }

    @Command(name = "plan", description = "Shows what a backup would copy, and why.")
    int plan(
            @Parameters(index = "0", paramLabel = "VM", description = "The machine.") MachineName vm,
            @Mixin BackupSelection selection) {
        RequestPath path = RequestPath.v1("vms", vm.value(), "backups", "plan")
                .with("repo", selection.repositoryName())
                .with("kind", selection.kind());
        if (selection.since != null) {
            path = path.with("since", selection.since.value());
        }
        if (selection.disks != null) {
            for (DiskName disk : selection.disks) {
                path = path.with("disk", disk.value());
            }
        }
        JsonNode plan = session.coordinator().get(path);
        return session.print(plan, BackupPages.plan(plan));
    }

    @Command(name = "list", description = "Lists a machine's backups, oldest first.")
    int list(
            @Parameters(index = "0", paramLabel = "VM", description = "The machine.") MachineName vm,
            @Option(names = "--repo", paramLabel = "REPO", description = "Only those in this repository.") @Nullable
                    RepositoryName repository,
            @Option(names = "--all", description = "Also those that were deleted.") boolean all) {
        RequestPath path = RequestPath.v1("vms", vm.value(), "backups");
        if (repository != null) {
            path = path.with("repo", repository.value());
        }
        JsonNode answer = session.coordinator().list(all ? path.with("deleted", "true") : path, "backups");
        return session.print(answer, BackupPages.list(answer));
    }

    @Command(name = "show", description = "Shows a backup and its disks.")
    int show(
            @Parameters(index = "0", paramLabel = "ID", description = "Its id, or 6 characters of it or more.")
                    BackupReference backup) {
        JsonNode answer = session.coordinator().get(RequestPath.v1("backups", backup.value()));
        return session.print(answer, BackupPages.one(answer));
    }

    @Command(name = "watch", description = "Waits for a backup, or for any operation by its id.")
    int watch(
            @Parameters(index = "0", paramLabel = "ID", description = "The backup's or operation's id.")
                    BackupReference backup,
            @Option(names = "--timeout", paramLabel = "SECONDS", description = "Watch no longer.") @Nullable
                    Integer timeoutSeconds) {
        WaitOptions wait = new WaitOptions();
        wait.timeoutSeconds = timeoutSeconds;
        wait.check();
        return new BackupWatch(session).watch(backup, timeoutSeconds);
    }

    @Command(
            name = "abort",
            description = "Ends a backup that is running, or a verification or restore by its operation's id.")
    int abort(
            @Parameters(
                            index = "0",
                            paramLabel = "ID",
                            description = "The backup's id, or 6 characters of it or more; or the operation's.")
                    BackupReference backup,
            @Mixin WaitOptions wait) {
        RequestPath path = RequestPath.v1("backups", backup.value(), "abort");
        return new OperationRun(session).start(wait, "tidemark backup show " + backup.value(), () -> {
            try {
                return session.coordinator().post(path, Arguments.body());
            } catch (Failure failure) {
                if (failure.exitCode() != ExitCode.NOT_FOUND || backup.value().length() != Ulid.LENGTH) {
                    throw failure;
                }
                return abortOperation(backup, failure);
            }
        });
    }

    private JsonNode abortOperation(BackupReference reference, Failure noBackup) {
        try {
            return session.coordinator()
                    .post(RequestPath.v1("operations", reference.value(), "abort"), Arguments.body());
        } catch (Failure failure) {
            // Who wants a backup to end wants to hear that there is none, not about operations.
            throw failure.exitCode() == ExitCode.NOT_FOUND ? noBackup : failure;
        }
    }

    @Command(
            name = "finish",
            description = "Says that a pull backup was read: it is kept as one, and no longer served.")
    int finish(
            @Parameters(index = "0", paramLabel = "ID", description = "Its id, or 6 characters of it or more.")
                    BackupReference backup,
            @Mixin WaitOptions wait) {
        return act(backup, "finish", wait, Arguments.body());
    }

    @Command(name = "speed", description = "Changes how fast a backup that is running copies.")
    int speed(
            @Parameters(index = "0", paramLabel = "ID", description = "Its id, or 6 characters of it or more.")
                    BackupReference backup,
            @Parameters(
                            index = "1",
                            paramLabel = "RATE",
                            description = "Bytes per second at most, as in 10M; 0 or unlimited lifts the limit.")
                    SpeedLimit limit,
            @Mixin WaitOptions wait) {
        return act(backup, "speed", wait, Arguments.body().put("bytesPerSecondMax", limit.bytesPerSecond()));
    }

    @Command(name = "verify", description = "Reads a backup again and compares it with its manifest and the log.")
    int verify(
            @Parameters(index = "0", paramLabel = "ID", description = "Its id, or 6 characters of it or more.")
                    BackupReference backup,
            @Option(
                            names = "--deep",
                            description = "Restores it to scratch in the repository too, and compares what came out.")
                    boolean deep,
            @Mixin WaitOptions wait) {
        ObjectNode body = Arguments.body();
        if (deep) {
            body.put("deep", true);
        }
        return act(backup, "verify", wait, body);
    }

    @Command(name = "delete", description = "Takes a backup out of its repository, for good.")
    int delete(
            @Parameters(index = "0", paramLabel = "ID", description = "Its id, or 6 characters of it or more.")
                    BackupReference backup,
            @Option(names = "--dry-run", description = "Show the decision, and do nothing.") boolean dryRun,
            @Mixin WaitOptions wait) {
        RequestPath path = RequestPath.v1("backups", backup.value());
        OperationRun run = new OperationRun(session);
        if (dryRun) {
            return run.dryRun(session.coordinator().delete(path.with("dryRun", "true")));
        }
        return run.start(
                wait,
                "tidemark backup show " + backup.value(),
                () -> session.coordinator().delete(path));
    }

    @Command(
            name = "merge",
            description = "Takes what a backup stands on into it, so that that can be deleted; it holds what it held.")
    int merge(
            @Parameters(index = "0", paramLabel = "ID", description = "Its id, or 6 characters of it or more.")
                    BackupReference backup,
            @Option(names = "--full", description = "Take in all of it: the backup becomes a full one.") boolean full,
            @Option(names = "--dry-run", description = "Show the decision, and do nothing.") boolean dryRun,
            @Mixin WaitOptions wait) {
        ObjectNode body = Arguments.body();
        if (full) {
            body.put("full", true);
        }
        if (dryRun) {
            RequestPath path =
                    RequestPath.v1("backups", backup.value(), "merge").with("dryRun", "true");
            return new OperationRun(session).dryRun(session.coordinator().post(path, body));
        }
        return act(backup, "merge", wait, body);
    }

    @Command(name = "protect", description = "Keeps a backup, and all that it stands on, from being deleted.")
    int protect(
            @Parameters(index = "0", paramLabel = "ID", description = "Its id, or 6 characters of it or more.")
                    BackupReference backup,
            @Option(
                            names = "--hold",
                            paramLabel = "REASON",
                            description = "A legal hold, for that reason: it does not end with the protection.")
                    @Nullable
                    String hold,
            @Mixin WaitOptions wait) {
        ObjectNode body = Arguments.body();
        if (hold != null) {
            body.put("hold", hold);
        }
        return act(backup, "protect", wait, body);
    }

    @Command(name = "unprotect", description = "Ends the protection of a backup.")
    int unprotect(
            @Parameters(index = "0", paramLabel = "ID", description = "Its id, or 6 characters of it or more.")
                    BackupReference backup,
            @Option(names = "--release-hold", description = "Ends its legal hold instead.") boolean releaseHold,
            @Mixin WaitOptions wait) {
        ObjectNode body = Arguments.body();
        if (releaseHold) {
            body.put("releaseHold", true);
        }
        return act(backup, "unprotect", wait, body);
    }

    private int act(BackupReference backup, String action, WaitOptions wait, ObjectNode body) {
        RequestPath path = RequestPath.v1("backups", backup.value(), action);
        return new OperationRun(session)
                .start(
                        wait,
                        "tidemark backup show " + backup.value(),
                        () -> session.coordinator().post(path, body));
    }
}
