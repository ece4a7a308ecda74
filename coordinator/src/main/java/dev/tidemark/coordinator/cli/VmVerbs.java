package dev.tidemark.coordinator.cli;

import dev.tidemark.coordinator.cli.client.Expected;
import dev.tidemark.coordinator.cli.client.RequestPath;
import dev.tidemark.coordinator.cli.show.OutputFormat;
import dev.tidemark.schema.id.HostName;
import dev.tidemark.schema.id.MachineName;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
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
    int list(
            @Option(names = "--label", paramLabel = "KEY=VALUE", description = "Only those that have this label.")
                    @Nullable
                    String label) {
        RequestPath path = RequestPath.v1("vms");
        RequestPath asked = label == null ? path : path.with("label", label);
        JsonNode answer = session.coordinator()
                .all(
                        session.globals().format == OutputFormat.TABLE ? asked.with("fields", VmPages.LISTED) : asked,
                        "vms");
        return session.print(answer, VmPages.list(answer, Optional.ofNullable(label)));
    }

    @Command(name = "show", description = "Shows a machine and its disks.")
    int show(@Parameters(index = "0", paramLabel = "VM", description = "Its name or id.") MachineName vm) {
        JsonNode machine = session.coordinator().get(RequestPath.v1("vms", vm.value()));
        return session.print(machine, VmPages.one(machine));
    }

    @Command(name = "label", description = "Says something of a machine that tokens can go by, or shows what was said.")
    int label(
            @Parameters(index = "0", paramLabel = "VM", description = "Its name or id.") MachineName vm,
            @Parameters(index = "1..*", arity = "0..*", paramLabel = "KEY=VALUE", description = "What it is to have.")
                    @Nullable
                    List<String> given,
            @Option(names = "--remove", paramLabel = "KEY", description = "What it is to have no more.") @Nullable
                    List<String> removed) {
        RequestPath path = RequestPath.v1("vms", vm.value(), "labels");
        JsonNode now = session.coordinator().get(path);
        if (given == null && removed == null) {
            return session.print(now, VmPages.labels(now));
        }
        ObjectNode body = Arguments.body();
        ObjectNode labels = body.putObject("labels");
        now.path("labels").properties().forEach(label -> labels.set(label.getKey(), label.getValue()));
        for (String key : removed == null ? List.<String>of() : removed) {
            if (labels.remove(key) == null) {
                throw Session.misuse("'" + vm.value() + "' has no label '" + key + "'");
            }
        }
        for (String label : given == null ? List.<String>of() : given) {
            int equals = label.indexOf('=');
            if (equals < 1) {
                throw Session.misuse("'" + label + "' is no label: write KEY=VALUE");
            }
            labels.put(label.substring(0, equals), label.substring(equals + 1));
        }
        // What somebody else has said meanwhile is not overwritten unseen.
        JsonNode changed = session.coordinator()
                .put(path, body, Expected.tag(now.path("tag").asString("")));
        return session.print(changed, VmPages.labels(changed));
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
            @Mixin ExpectOption expect,
            @Mixin WaitOptions wait) {
        if (force && expect.isGiven()) {
            throw Session.misuse(
                    "--force ends what is under way before, which changes the machine: --expect excludes it");
        }
        Expected expected = expect.of(session, vm);
        RequestPath path = RequestPath.v1("vms", vm.value()).with("keepBitmaps", Boolean.toString(keepBitmaps));
        if (force) {
            path = path.with("force", "true");
        }
        RequestPath asked = path;
        OperationRun run = new OperationRun(session);
        if (dryRun) {
            return run.dryRun(session.coordinator().delete(asked.with("dryRun", "true"), expected));
        }
        return run.start(
                wait,
                "tidemark vm show " + vm.value(),
                () -> session.coordinator().delete(asked, expected));
    }
}
