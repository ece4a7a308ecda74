package dev.tidemark.coordinator.cli;

import dev.tidemark.coordinator.cli.client.RequestPath;
import dev.tidemark.schema.id.HostName;
import dev.tidemark.schema.id.MachineName;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code tidemark vm}: the machines that are protected. */
@Command(name = "vm", description = "The machines that are protected.")
final class VmVerbs {
    private final Session session;

    VmVerbs(Session session) {
        this.session = session;
    }

    @Command(name = "add", description = "Protects a machine, and waits until QEMU was first seen.")
    int add(
            @Parameters(index = "0", paramLabel = "NAME", description = "What to call it.") MachineName name,
            @Option(names = "--qmp", required = true, paramLabel = "SOCKET", description = "Its QMP socket.") Path qmp,
            @Option(names = "--qga", paramLabel = "SOCKET", description = "Its guest agent's socket.") @Nullable
                    Path guestAgent,
            @Option(names = "--host", paramLabel = "HOST", description = "The hypervisor, if it is another one.")
                    @Nullable
                    HostName host,
            @Mixin WaitOptions wait) {
        ObjectNode body = Arguments.body().put("name", name.value()).put("qmp", qmp.toString());
        if (guestAgent != null) {
            body.put("qga", guestAgent.toString());
        }
        if (host != null) {
            body.put("host", host.value());
        }
        return new OperationRun(session)
                .start(wait, "tidemark vm list", () -> session.coordinator().post(RequestPath.v1("vms"), body));
    }

    @Command(name = "list", description = "Lists the machines.")
    int list() {
        JsonNode answer = session.coordinator().list(RequestPath.v1("vms"), "vms");
        return session.print(answer, VmPages.list(answer));
    }

    @Command(name = "show", description = "Shows a machine and its disks.")
    int show(@Parameters(index = "0", paramLabel = "VM", description = "Its name or id.") MachineName vm) {
        JsonNode machine = session.coordinator().get(RequestPath.v1("vms", vm.value()));
        return session.print(machine, VmPages.one(machine));
    }

    @Command(name = "remove", description = "Ends the protection of a machine; its backups stay.")
    int remove(
            @Parameters(index = "0", paramLabel = "VM", description = "Its name or id.") MachineName vm,
            @Option(names = "--keep-bitmaps", description = "Leave Tidemark's bitmaps in the machine's disks.")
                    boolean keepBitmaps,
            @Option(
                            names = "--force",
                            description = "End a running backup first; let go what is pending if nobody does that.")
                    boolean force,
            @Option(names = "--dry-run", description = "Show what would be done, and do nothing.") boolean dryRun,
            @Mixin WaitOptions wait) {
        RequestPath path = RequestPath.v1("vms", vm.value()).with("keepBitmaps", Boolean.toString(keepBitmaps));
        if (force) {
            path = path.with("force", "true");
        }
        RequestPath asked = path;
        OperationRun run = new OperationRun(session);
        if (dryRun) {
            return run.dryRun(session.coordinator().delete(asked.with("dryRun", "true")));
        }
        return run.start(
                wait,
                "tidemark vm show " + vm.value(),
                () -> session.coordinator().delete(asked));
    }
}
