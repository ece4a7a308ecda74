package dev.tidemark.coordinator.cli;

import dev.tidemark.coordinator.cli.client.RequestPath;
import dev.tidemark.schema.event.RestoreFormat;
import dev.tidemark.schema.id.DiskName;
import dev.tidemark.schema.id.MachineName;
import dev.tidemark.schema.id.RepositoryName;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ObjectNode;

/** {@code tidemark restore}: disks as they were. */
@Command(name = "restore", description = "Writes disks as they were into a directory.")
@SuppressWarnings("NullAway.Init") // picocli fills what is required before it calls
final class RestoreVerb implements Callable<Integer> {
    private final Session session;

    @Parameters(index = "0", paramLabel = "VM", description = "The machine.")
    private MachineName vm;

    @Option(names = "--to", required = true, paramLabel = "DIR", description = "Where to write them.")
    private Path to;

    @Option(names = "--backup", paramLabel = "ID", description = "This backup; else the newest one.")
    private @Nullable BackupReference backup;

    @Option(names = "--at", paramLabel = "TIME", description = "The newest backup that is surely not later (ISO 8601).")
    private @Nullable PointInTime at;

    @Option(names = "--repo", paramLabel = "REPO", description = "From this repository.")
    private @Nullable RepositoryName repository;

    @Option(names = "--disk", paramLabel = "DISK", description = "Only this disk; may be repeated.")
    private @Nullable List<DiskName> disks;

    @Option(names = "--format", paramLabel = "FORMAT", description = "qcow2 or raw.")
    private @Nullable RestoreFormat format;

    @Mixin
    private WaitOptions wait;

    RestoreVerb(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        ObjectNode body = body();
        RequestPath path = RequestPath.v1("vms", vm.value(), "restores");
        return new OperationRun(session)
                .start(
                        wait,
                        "tidemark vm show " + vm,
                        () -> session.coordinator().post(path, body));
    }

    private ObjectNode body() {
        if (backup != null && at != null) {
            throw Session.misuse("--backup and --at exclude each other");
        }
        ObjectNode body = Arguments.body().put("to", to.toString());
        if (backup != null) {
            body.put("backup", backup.value());
        }
        if (at != null) {
            body.put("at", at.instant().toString());
            if (!at.assumption().isEmpty()) {
                session.terminal().note("note: " + at.assumption());
            }
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
