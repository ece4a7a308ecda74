package dev.tidemark.coordinator.cli;

import dev.tidemark.coordinator.cli.client.ExitCode;
import dev.tidemark.coordinator.cli.client.Failure;
import dev.tidemark.coordinator.cli.client.RequestPath;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** From the request that starts an operation to what came of it, the same for every verb. */
final class OperationRun {
    private final Session session;

    OperationRun(Session session) {
        this.session = session;
    }

    /**
     * Starts an operation, waits if wanted, prints, and says how it ended.
     *
     * @param lookCommand what to type after Ctrl-C before the coordinator's answer
     */
    int start(WaitOptions wait, String lookCommand, Supplier<JsonNode> request) {
        wait.check();
        JsonNode operation = submitted(lookCommand, request);
        if (!wait.waits()) {
            return session.print(operation, OperationPages.operation(operation));
        }
        return conclude(awaited(operation, wait.timeoutSeconds));
    }

    /** Shows what would be done. */
    int dryRun(JsonNode decision) {
        return session.print(decision, OperationPages.decision(decision));
    }

    JsonNode submitted(String lookCommand, Supplier<JsonNode> request) {
        try (InterruptHint _ = new InterruptHint(session.terminal(), OperationHints.beforeAnswer(lookCommand))) {
            return request.get();
        }
    }

    OperationWait.Sight awaited(JsonNode operation, @Nullable Integer timeoutSeconds) {
        try (InterruptHint _ = new InterruptHint(session.terminal(), OperationHints.afterInterrupt(operation))) {
            return new OperationWait(session.coordinator(), session.terminal()).await(operation, timeoutSeconds);
        }
    }

    int conclude(OperationWait.Sight sight) {
        JsonNode operation = sight.operation();
        JsonNode outcome = finalObject(operation);
        if (outcome == null) {
            session.print(operation, OperationPages.operation(operation));
        } else {
            session.print(outcome, OperationPages.outcome(operation, outcome));
        }
        ExitCode exitCode = exitCode(sight);
        if (exitCode != ExitCode.OK) {
            session.output().printError(detail(sight), remedy(sight));
        }
        return exitCode.number();
    }

    static ExitCode exitCode(OperationWait.Sight sight) {
        if (!sight.ended()) {
            return ExitCode.UNKNOWN;
        }
        return sight.operation().path("state").asString("").equals("DONE")
                ? ExitCode.OK
                : ExitCode.ofFailedOperation(sight.operation().path("code").asString(""));
    }

    static String detail(OperationWait.Sight sight) {
        JsonNode operation = sight.operation();
        String id = operation.path("id").asString("");
        if (!sight.ended()) {
            return "operation " + id + " has not ended: "
                    + operation.path("state").asString("UNKNOWN");
        }
        String error = operation.path("error").asString("");
        String code = operation.path("code").asString("FAILED");
        return error.isEmpty() ? "operation " + id + " failed: " + code : error + " (" + code + ")";
    }

    static String remedy(OperationWait.Sight sight) {
        String remedy = sight.operation().path("remedy").asString("");
        return sight.ended() ? remedy : String.join(", or ", OperationHints.commands(sight.operation()));
    }

    /** The checkpoint, backup, machine, export or restore that the operation was about; nothing if that is gone. */
    private @Nullable JsonNode finalObject(JsonNode operation) {
        String vm = operation.path("vm").asString("");
        String target = operation.path("target").asString("");
        @Nullable
        RequestPath path = switch (OperationPages.subject(operation)) {
            case MACHINE -> RequestPath.v1("vms", vm);
            case CHECKPOINT -> RequestPath.v1("vms", vm, "checkpoints", target);
            case BACKUP -> RequestPath.v1("backups", target);
            case EXPORT -> RequestPath.v1("exports", OperationPages.export(operation));
            case RESTORE, NONE -> null;
        };
        if (path == null) {
            JsonNode result = operation.path("result");
            return result.isObject() ? result : null;
        }
        try {
            return session.coordinator().get(path);
        } catch (Failure failure) {
            if (failure.exitCode() == ExitCode.NOT_FOUND) {
                return null;
            }
            throw failure;
        }
    }
}
