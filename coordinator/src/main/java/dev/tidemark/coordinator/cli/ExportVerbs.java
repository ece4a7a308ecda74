package dev.tidemark.coordinator.cli;

import dev.tidemark.coordinator.cli.client.RequestPath;
import dev.tidemark.schema.id.DiskName;
import dev.tidemark.schema.id.MachineName;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code tidemark export}: restore points read where they lie. */
@Command(name = "export", description = "Restore points over NBD, at once and without a copy.")
final class ExportVerbs {
    private final Session session;

    ExportVerbs(Session session) {
        this.session = session;
    }

    @Command(name = "start", description = "Serves a backup's disks as they were, until its end or that of its lease.")
    int start(
            @Parameters(index = "0", paramLabel = "BACKUP", description = "Its id, or 6 characters of it or more.")
                    BackupReference backup,
            @Option(names = "--disk", paramLabel = "DISK", description = "Only this disk; may be repeated.") @Nullable
                    List<DiskName> disks,
            @Option(names = "--writable", description = "Take writes, too; they are forgotten at the end.")
                    boolean writable,
            @Option(
                            names = "--lease",
                            paramLabel = "TIME",
                            description = "For how long at most; as in 24h (the default).")
                    @Nullable
                    LeaseTime lease,
            @Option(names = "--dry-run", description = "Show the decision, and do nothing.") boolean dryRun,
            @Mixin WaitOptions wait) {
        ObjectNode body = Arguments.body();
        Arguments.putDisks(body, disks);
        if (writable) {
            body.put("writable", true);
        }
        if (lease != null) {
            body.put("leaseSeconds", lease.seconds());
        }
        RequestPath path = RequestPath.v1("backups", backup.value(), "exports");
        OperationRun run = new OperationRun(session);
        if (dryRun) {
            return run.dryRun(session.coordinator().post(path.with("dryRun", "true"), body));
        }
        return run.start(
                wait,
                "tidemark backup show " + backup.value(),
                () -> session.coordinator().post(path, body));
    }

    @Command(name = "list", description = "Lists what is served of a machine's backups.")
    int list(
            @Parameters(index = "0", paramLabel = "VM", description = "The machine.") MachineName vm,
            @Option(names = "--all", description = "Also those that have ended.") boolean all) {
        RequestPath path = RequestPath.v1("vms", vm.value(), "exports");
        JsonNode answer = session.coordinator().list(all ? path.with("ended", "true") : path, "exports");
        return session.print(answer, ExportPages.list(answer));
    }

    @Command(name = "show", description = "Shows an export, and how to read it.")
    int show(
            @Parameters(index = "0", paramLabel = "ID", description = "Its id, or 6 characters of it or more.")
                    BackupReference export) {
        JsonNode answer = session.coordinator().get(RequestPath.v1("exports", export.value()));
        return session.print(answer, ExportPages.one(answer));
    }

    @Command(name = "end", description = "Serves it no longer; what was written to it is forgotten.")
    int end(
            @Parameters(index = "0", paramLabel = "ID", description = "Its id, or 6 characters of it or more.")
                    BackupReference export,
            @Mixin WaitOptions wait) {
        RequestPath path = RequestPath.v1("exports", export.value(), "end");
        return new OperationRun(session)
                .start(
                        wait,
                        "tidemark export show " + export.value(),
                        () -> session.coordinator().post(path, Arguments.body()));
    }
}
