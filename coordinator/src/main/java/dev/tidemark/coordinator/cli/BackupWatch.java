package dev.tidemark.coordinator.cli;

import dev.tidemark.coordinator.cli.client.ExitCode;
import dev.tidemark.coordinator.cli.client.Failure;
import dev.tidemark.coordinator.cli.client.RequestPath;
import dev.tidemark.coordinator.cli.show.Cell;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** Goes on waiting where another command left off. */
final class BackupWatch {
    private final Session session;
    private final OperationRun run;

    BackupWatch(Session session) {
        this.session = session;
        this.run = new OperationRun(session);
    }

    int watch(BackupReference reference, @Nullable Integer timeoutSeconds) {
        JsonNode backup;
        try {
            backup = session.coordinator().get(RequestPath.v1("backups", reference.value()));
        } catch (Failure failure) {
            if (failure.exitCode() != ExitCode.NOT_FOUND) {
                throw failure;
            }
            return await(operation(reference, failure), timeoutSeconds);
        }
        JsonNode operation = runningOperation(backup);
        return operation == null ? show(backup) : await(operation, timeoutSeconds);
    }

    private int await(JsonNode operation, @Nullable Integer timeoutSeconds) {
        return run.conclude(run.awaited(operation, timeoutSeconds));
    }

    private JsonNode operation(BackupReference reference, Failure noBackup) {
        try {
            return session.coordinator().get(RequestPath.v1("operations", reference.value()));
        } catch (Failure failure) {
            // Who asked for a backup wants to hear that there is none, not about operations.
            throw failure.exitCode() == ExitCode.NOT_FOUND ? noBackup : failure;
        }
    }

    private @Nullable JsonNode runningOperation(JsonNode backup) {
        JsonNode answer = session.coordinator()
                .get(RequestPath.v1("vms", backup.path("vm").asString(""), "operations"));
        List<JsonNode> operations = Cell.list(answer, "operations");
        for (JsonNode operation : operations) {
            String state = operation.path("state").asString("");
            boolean ended = state.equals("DONE") || state.equals("FAILED");
            if (!ended
                    && operation.path("kind").asString("").equals("BACKUP")
                    && operation
                            .path("target")
                            .asString("")
                            .equals(backup.path("id").asString(""))) {
                return operation;
            }
        }
        return null;
    }

    /** Nothing runs for it any more: its state is the outcome. */
    private int show(JsonNode seen) {
        // Read again: it may have ended between the two questions.
        JsonNode backup = session.coordinator()
                .get(RequestPath.v1("backups", seen.path("id").asString("")));
        session.print(backup, BackupPages.one(backup));
        String state = backup.path("state").asString("");
        // To be read is what a pull backup was started for.
        if (state.equals("COMPLETED") || state.equals("READY")) {
            return ExitCode.OK.number();
        }
        boolean failed = List.of("FAILED", "ABORTED", "DELETING", "DELETED").contains(state);
        String error = backup.path("error").asString("");
        session.output()
                .printError(
                        "backup " + backup.path("id").asString("") + " is " + state
                                + (error.isEmpty() ? "" : ": " + error),
                        failed
                                ? ""
                                : "see: tidemark reconcile " + backup.path("vm").asString(""));
        return (failed ? ExitCode.FAILED : ExitCode.UNKNOWN).number();
    }
}
