package dev.tidemark.coordinator.cli;

import dev.tidemark.coordinator.cli.client.RequestPath;
import dev.tidemark.schema.event.RestoreFormat;
import dev.tidemark.schema.id.DiskName;
import dev.tidemark.schema.id.MachineName;
import dev.tidemark.schema.id.RepositoryName;
import dev.tidemark.schema.id.TargetAddress;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ObjectNode;

/** {@code tidemark restore}: disks as they were; by a coordinator, or in this process where there is none any more. */
@Command(name = "restore", description = "Writes disks as they were into a directory, to a stream, or to devices.")
@SuppressWarnings("NullAway.Init") // picocli fills what is required before it calls
final class RestoreVerb implements Callable<Integer> {
    private final Session session;

    @Parameters(index = "0", arity = "0..1", paramLabel = "VM", description = "The machine.")
    private @Nullable MachineName vm;

    @Option(
            names = "--to",
            paramLabel = "DIR",
            description = "Where to write them; with -, the content of one --disk goes to standard output.")
    private @Nullable RestorePlace to;

    @Option(
            names = "--target",
            paramLabel = "DISK=ADDRESS",
            description =
                    "Over a block device or an NBD export instead, which the gateway must be allowed to write; may be repeated.")
    private Map<DiskName, TargetAddress> targets = new LinkedHashMap<>();

    @Option(
            names = "--no-verify",
            description = "With --to -: do not verify the backup while it is read; what has rotted goes unseen.")
    private boolean unverified;

    @Option(
            names = "--repo-dir",
            paramLabel = "DIR",
            description = "From this repository's directory alone, without a coordinator; without --to, lists it.")
    private @Nullable Path repositoryDirectory;

    @Option(
            names = "--export",
            paramLabel = "DIR",
            description =
                    "With --repo-dir: serve the disks over NBD from a socket in this new directory, at once, until Ctrl-C.")
    private @Nullable Path export;

    @Option(names = "--writable", description = "With --export: take writes, too; they are forgotten at the end.")
    private boolean writable;

    @Option(names = "--list", description = "With --repo-dir: list machines, or the backups of VM.")
    private boolean list;

    @Option(names = "--backup", paramLabel = "ID", description = "This backup; else the newest one.")
    private @Nullable BackupReference backup;

    @Option(names = "--at", paramLabel = "TIME", description = "The newest backup that is surely not later (ISO 8601).")
    private @Nullable PointInTime at;

    @Option(names = "--repo", paramLabel = "REPO", description = "From this repository.")
    private @Nullable RepositoryName repository;

    @Option(names = "--disk", paramLabel = "DISK", description = "Only this disk; may be repeated.")
    private @Nullable List<DiskName> disks;

    @Option(
            names = "--encryption-key",
            paramLabel = "FILE",
            description = "With --repo-dir: a key of what is encrypted there; may be repeated.")
    private @Nullable List<Path> keys;

    @Option(names = "--format", paramLabel = "FORMAT", description = "qcow2 or raw.")
    private @Nullable RestoreFormat format;

    @Mixin
    private WaitOptions wait;

    RestoreVerb(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        if (backup != null && at != null) {
            throw Session.misuse("--backup and --at exclude each other");
        }
        if (!targets.isEmpty()) {
            checkTargets();
        }
        boolean stream = to != null && to.isStandardOutput();
        if (stream) {
            checkStream();
        } else if (unverified) {
            throw Session.misuse("--no-verify goes with --to -");
        }
        if (repositoryDirectory != null) {
            RepositoryRequest request = request(repositoryDirectory);
            sayWhatWasAssumed();
            return new RepositoryRestore(session).run(request);
        }
        if (export != null) {
            throw Session.misuse(
                    "--export goes with --repo-dir; a coordinator serves a backup by: tidemark export start BACKUP");
        }
        if (keys != null) {
            throw Session.misuse("--encryption-key goes with --repo-dir; a coordinator's gateway has its own");
        }
        if (list) {
            throw Session.misuse("--list goes with --repo-dir; a coordinator tells by: tidemark backup list VM");
        }
        if (vm == null) {
            throw Session.misuse("VM is missing");
        }
        if (to == null && targets.isEmpty()) {
            throw Session.misuse("--to DIR is missing");
        }
        sayWhatWasAssumed();
        RequestPath path = RequestPath.v1("vms", vm.value(), "restores");
        if (stream) {
            return new StreamedRestore(session, !unverified).run(path, body(Path.of("/")));
        }
        ObjectNode body = body(to == null ? null : to.directory().orElseThrow());
        return new OperationRun(session)
                .start(
                        wait,
                        "tidemark vm show " + vm,
                        () -> session.coordinator().post(path, body));
    }

    private void checkTargets() {
        if (to != null || export != null || disks != null) {
            throw Session.misuse("--target names the disks and where they go: --to, --export and --disk exclude it");
        }
        if (repositoryDirectory != null) {
            throw Session.misuse("--target is written by a gateway, and goes with no --repo-dir");
        }
        if (format == RestoreFormat.QCOW2) {
            throw Session.misuse("what goes to a --target is raw");
        }
    }

    private void checkStream() {
        if (format == RestoreFormat.QCOW2) {
            throw Session.misuse("what goes to standard output is raw");
        }
        if (disks != null && disks.size() != 1) {
            throw Session.misuse("standard output takes one --disk");
        }
        if (wait.noWait || wait.timeoutSeconds != null) {
            throw Session.misuse("with --to - this command does the work itself: there is nothing to leave early");
        }
        if (repositoryDirectory != null && unverified) {
            throw Session.misuse("with --repo-dir all is read back before");
        }
    }

    private void sayWhatWasAssumed() {
        if (at != null && !at.assumption().isEmpty()) {
            session.terminal().note("note: " + at.assumption());
        }
    }

    private RepositoryRequest request(Path directory) {
        if (repository != null) {
            throw Session.misuse(
                    "--repo names a repository of a coordinator, --repo-dir one without: give one of them");
        }
        if (wait.noWait || wait.timeoutSeconds != null) {
            throw Session.misuse("with --repo-dir this command does the work itself: there is nothing to leave early");
        }
        if (to != null && export != null) {
            throw Session.misuse("--to and --export exclude each other");
        }
        if (writable && export == null) {
            throw Session.misuse("--writable goes with --export");
        }
        if (format != null && export != null) {
            throw Session.misuse("--format goes with --to: what is exported has no format, clients read it as raw");
        }
        boolean choice = backup != null || at != null || disks != null || format != null;
        if (to == null && export == null && choice) {
            throw Session.misuse("--to DIR is missing; without a choice, the backups are listed");
        }
        if (list && (to != null || export != null || choice)) {
            throw Session.misuse("--list goes with VM alone");
        }
        return new RepositoryRequest(
                directory,
                Optional.ofNullable(vm).map(MachineName::value),
                Optional.ofNullable(to).flatMap(RestorePlace::directory),
                to != null && to.isStandardOutput(),
                Optional.ofNullable(export),
                writable,
                Optional.ofNullable(backup),
                Optional.ofNullable(at).map(PointInTime::instant),
                disks == null ? List.of() : disks,
                format == null ? RestoreFormat.QCOW2 : format,
                keys == null ? List.of() : keys);
    }

    private ObjectNode body(@Nullable Path directory) {
        ObjectNode body = Arguments.body();
        if (directory != null) {
            body.put("to", directory.toString());
        }
        Arguments.putTargets(body, targets);
        if (backup != null) {
            body.put("backup", backup.value());
        }
        if (at != null) {
            body.put("at", at.instant().toString());
        }
        if (repository != null) {
            body.put("repo", repository.value());
        }
        Arguments.putDisks(body, disks);
        if (format != null) {
            body.put("format", format.name());
        }
        return body;
    }
}
