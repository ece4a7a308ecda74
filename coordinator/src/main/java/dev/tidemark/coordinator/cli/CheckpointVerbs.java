package dev.tidemark.coordinator.cli;

import dev.tidemark.coordinator.cli.client.Expected;
import dev.tidemark.coordinator.cli.client.RequestPath;
import dev.tidemark.coordinator.cli.show.Cell;
import dev.tidemark.coordinator.cli.show.Page;
import dev.tidemark.schema.id.CheckpointName;
import dev.tidemark.schema.id.DiskName;
import dev.tidemark.schema.id.MachineName;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code tidemark checkpoint}: the points in time since which an incremental backup can be taken. */
@Command(name = "checkpoint", description = "Points in time since which an incremental backup can be taken.")
final class CheckpointVerbs {
    private final Session session;

    CheckpointVerbs(Session session) {
        this.session = session;
    }

    @Command(name = "create", description = "Creates a checkpoint of all disks, or of those named.")
    int create(
            @Parameters(index = "0", paramLabel = "VM", description = "The machine.") MachineName vm,
            @Parameters(
                            index = "1",
                            arity = "0..1",
                            paramLabel = "NAME",
                            description = "What to call it; else the second since 1970.")
                    @Nullable
                    CheckpointName name,
            @Option(names = "--disk", paramLabel = "DISK", description = "Only this disk; may be repeated.") @Nullable
                    List<DiskName> disks,
            @Option(names = "--description", paramLabel = "TEXT", description = "A remark to keep with it.") @Nullable
                    String description,
            @Option(
                            names = "--quiesce",
                            description = "With the guest's file systems frozen at that moment, or not at all.")
                    boolean quiesce,
            @Option(names = "--dry-run", description = "Show the decision and the transaction, and do nothing.")
                    boolean dryRun,
            @Mixin ExpectOption expect,
            @Mixin WaitOptions wait) {
        ObjectNode body = Arguments.body();
        if (name != null) {
            body.put("name", name.value());
        }
        Arguments.putDisks(body, disks);
        if (description != null) {
            body.put("description", description);
        }
        if (quiesce) {
            body.put("quiesce", true);
        }
        RequestPath path = collection(vm);
        Expected expected = expect.of(session, vm);
        OperationRun run = new OperationRun(session);
        if (dryRun) {
            return run.dryRun(session.coordinator().post(path.with("dryRun", "true"), body, expected));
        }
        return run.start(
                wait,
                "tidemark checkpoint list " + vm,
                () -> session.coordinator().post(path, body, expected));
    }

    @Command(name = "list", description = "Lists a machine's checkpoints, oldest first.")
    int list(
            @Parameters(index = "0", paramLabel = "VM", description = "The machine.") MachineName vm,
            @Option(names = "--tree", description = "Draw who descends from whom.") boolean tree,
            @Option(names = "--name", description = "Print the names alone.") boolean nameOnly,
            @Option(names = "--roots", description = "Only those without a parent.") boolean roots,
            @Option(names = "--leaves", description = "Only those without children.") boolean leaves,
            @Option(names = "--deleted", description = "Also those that were deleted or failed.") boolean deleted) {
        if ((tree ? 1 : 0) + (roots ? 1 : 0) + (leaves ? 1 : 0) > 1 || (tree && nameOnly)) {
            throw Session.misuse("--tree, --roots and --leaves exclude each other, and --tree excludes --name");
        }
        RequestPath path = deleted ? collection(vm).with("deleted", "true") : collection(vm);
        JsonNode answer = session.coordinator().list(path, "checkpoints");
        List<JsonNode> all = Cell.list(answer, "checkpoints");
        CheckpointFamily family = new CheckpointFamily(all);
        List<JsonNode> shown = roots ? family.roots() : leaves ? family.leaves() : all;
        ObjectNode document = ((ObjectNode) answer).deepCopy();
        ArrayNode chosen = document.putArray("checkpoints");
        shown.forEach(chosen::add);
        if (tree) {
            return session.print(
                    document,
                    new Page().verbatim(family.drawing(session.terminal().width())));
        }
        if (nameOnly) {
            return session.print(
                    document,
                    new Page()
                            .verbatim(shown.stream()
                                    .map(one -> Cell.text(one, "name"))
                                    .toList()));
        }
        return session.print(document, CheckpointPages.list(shown));
    }

    @Command(name = "show", description = "Shows a checkpoint and its bitmaps.")
    int show(
            @Parameters(index = "0", paramLabel = "VM", description = "The machine.") MachineName vm,
            @Parameters(index = "1", paramLabel = "CHECKPOINT", description = "Its name or id.")
                    CheckpointName checkpoint) {
        JsonNode answer = session.coordinator().get(one(vm, checkpoint));
        return session.print(answer, CheckpointPages.one(answer));
    }

    @Command(name = "delete", description = "Deletes a checkpoint; what it recorded goes to the one before it.")
    int delete(
            @Parameters(index = "0", paramLabel = "VM", description = "The machine.") MachineName vm,
            @Parameters(index = "1", paramLabel = "CHECKPOINT", description = "Its name or id.")
                    CheckpointName checkpoint,
            @Option(names = "--children", description = "Also all that descend from it, newest first.")
                    boolean children,
            @Option(names = "--children-only", description = "Only those that descend from it, newest first.")
                    boolean childrenOnly,
            @Option(names = "--dry-run", description = "Show the decision and the transaction, and do nothing.")
                    boolean dryRun,
            @Mixin ExpectOption expect,
            @Mixin WaitOptions wait) {
        if (children && childrenOnly) {
            throw Session.misuse("--children and --children-only exclude each other");
        }
        if (expect.isGiven() && (children || childrenOnly)) {
            throw Session.misuse("--expect goes with one deletion: each of several changes what the next one finds");
        }
        if (children || childrenOnly) {
            return new CheckpointDeletion(session, vm).delete(checkpoint, children, wait, dryRun);
        }
        RequestPath path = one(vm, checkpoint);
        Expected expected = expect.of(session, vm);
        OperationRun run = new OperationRun(session);
        if (dryRun) {
            return run.dryRun(session.coordinator().delete(path.with("dryRun", "true"), expected));
        }
        return run.start(
                wait,
                "tidemark checkpoint list " + vm,
                () -> session.coordinator().delete(path, expected));
    }

    private static RequestPath collection(MachineName vm) {
        return RequestPath.v1("vms", vm.value(), "checkpoints");
    }

    private static RequestPath one(MachineName vm, CheckpointName checkpoint) {
        return RequestPath.v1("vms", vm.value(), "checkpoints", checkpoint.value());
    }
}
