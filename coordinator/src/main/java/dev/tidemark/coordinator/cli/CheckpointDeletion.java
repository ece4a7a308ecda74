package dev.tidemark.coordinator.cli;

import dev.tidemark.coordinator.cli.client.ExitCode;
import dev.tidemark.coordinator.cli.client.Failure;
import dev.tidemark.coordinator.cli.client.RequestPath;
import dev.tidemark.coordinator.cli.show.Cell;
import dev.tidemark.coordinator.cli.show.Fields;
import dev.tidemark.coordinator.cli.show.Page;
import dev.tidemark.schema.id.CheckpointName;
import dev.tidemark.schema.id.MachineName;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Deletes a checkpoint's descendants one after the other, newest first. Each is waited for, and the first that fails ends
 * it: what is left is a chain with its newest end cut off, never one with a hole.
 */
final class CheckpointDeletion {
    private final Session session;
    private final OperationRun run;
    private final MachineName vm;

    CheckpointDeletion(Session session, MachineName vm) {
        this.session = session;
        this.run = new OperationRun(session);
        this.vm = vm;
    }

    int delete(CheckpointName ancestor, boolean itself, WaitOptions wait, boolean dryRun) {
        wait.check();
        if (!wait.waits()) {
            throw Session.misuse("--children deletes one checkpoint after the other and cannot be used with --no-wait");
        }
        List<JsonNode> doomed = newestFirst(ancestor, itself);
        return dryRun ? preview(doomed) : deleteEach(doomed, wait);
    }

    private List<JsonNode> newestFirst(CheckpointName ancestor, boolean itself) {
        // With the deleted ones: a living checkpoint may descend through a dead one.
        JsonNode answer = session.coordinator()
                .list(RequestPath.v1("vms", vm.value(), "checkpoints").with("deleted", "true"), "checkpoints");
        CheckpointFamily family = new CheckpointFamily(Cell.list(answer, "checkpoints"));
        JsonNode found = family.find(ancestor.value())
                .filter(CheckpointDeletion::alive)
                .orElseThrow(() -> Failure.local(
                        ExitCode.NOT_FOUND,
                        "CHECKPOINT_UNKNOWN",
                        "machine " + vm + " has no checkpoint " + ancestor,
                        "see: tidemark checkpoint list " + vm));
        List<JsonNode> doomed = new ArrayList<>(family.descendants(found).stream()
                .filter(CheckpointDeletion::alive)
                .toList());
        if (itself) {
            doomed.addFirst(found);
        }
        return doomed.reversed();
    }

    private static boolean alive(JsonNode checkpoint) {
        String state = checkpoint.path("state").asString("");
        return !state.equals("DELETED") && !state.equals("FAILED");
    }

    private RequestPath path(JsonNode checkpoint) {
        return RequestPath.v1("vms", vm.value(), "checkpoints", CheckpointFamily.id(checkpoint));
    }

    /** Only the first decision can be shown: each of the others depends on the one before. */
    private int preview(List<JsonNode> doomed) {
        ObjectNode document = Arguments.body();
        ArrayNode order = document.putArray("checkpoints");
        doomed.forEach(order::add);
        Page page = new Page().line("would be deleted, in this order:");
        doomed.forEach(checkpoint -> page.line("- " + checkpoint.path("name").asString("")));
        if (doomed.isEmpty()) {
            return session.print(document, new Page().line("nothing to delete"));
        }
        JsonNode first = session.coordinator().delete(path(doomed.getFirst()).with("dryRun", "true"));
        document.set("first", first);
        page.gap().line("the first of them:").fields(new Fields().field("decision", Cell.text(first, "decision")));
        OperationPages.explanation(page, first);
        return session.print(document, OperationPages.transaction(page, first));
    }

    private int deleteEach(List<JsonNode> doomed, WaitOptions wait) {
        ObjectNode document = Arguments.body();
        ArrayNode deleted = document.putArray("checkpoints");
        ExitCode exitCode = ExitCode.OK;
        for (JsonNode checkpoint : doomed) {
            OperationWait.Sight sight = run.awaited(
                    run.submitted(
                            "tidemark checkpoint list " + vm,
                            () -> session.coordinator().delete(path(checkpoint))),
                    wait.timeoutSeconds);
            exitCode = OperationRun.exitCode(sight);
            if (exitCode != ExitCode.OK) {
                session.output().printError(OperationRun.detail(sight), OperationRun.remedy(sight));
                break;
            }
            deleted.add(((ObjectNode) checkpoint.deepCopy()).put("state", "DELETED"));
        }
        List<JsonNode> shown = Cell.list(document, "checkpoints");
        session.output()
                .print(document, shown.isEmpty() ? new Page().line("nothing deleted") : CheckpointPages.list(shown));
        return exitCode.number();
    }
}
