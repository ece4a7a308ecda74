package dev.tidemark.coordinator.cli;

import dev.tidemark.coordinator.cli.client.ExitCode;
import dev.tidemark.coordinator.cli.client.RequestPath;
import dev.tidemark.coordinator.cli.show.Cell;
import dev.tidemark.schema.id.MachineName;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Does what a policy needs: merges and deletions of backups as the plan orders them, then checkpoints from the oldest on. Each is waited for, and the first that
 * fails ends it. Wherever it is cut off, what stays has all that it stands on, and doing it again does the rest.
 */
final class RetentionApplication {
    private final Session session;
    private final OperationRun run;
    private final MachineName vm;
    private final RequestPath plan;

    RetentionApplication(Session session, MachineName vm, RequestPath plan) {
        this.session = session;
        this.run = new OperationRun(session);
        this.vm = vm;
        this.plan = plan;
    }

    int run(WaitOptions wait) {
        ObjectNode document = Arguments.body();
        ArrayNode backups = document.putArray("backups");
        ArrayNode merged = document.putArray("merged");
        ArrayNode checkpoints = document.putArray("checkpoints");
        ExitCode exitCode = ExitCode.OK;
        for (JsonNode step : Cell.list(session.coordinator().get(plan), "steps")) {
            JsonNode backup = step.path("backup");
            boolean merges = step.path("action").asString("").equals("MERGE");
            exitCode = ended(wait, () -> done(backup.asString(""), merges));
            if (exitCode != ExitCode.OK) {
                break;
            }
            (merges ? merged : backups).add(backup);
        }
        if (exitCode == ExitCode.OK) {
            for (JsonNode checkpoint : Cell.list(session.coordinator().get(plan), "checkpoints")) {
                RequestPath path = RequestPath.v1(
                        "vms", vm.value(), "checkpoints", checkpoint.path("id").asString(""));
                exitCode = ended(wait, () -> session.coordinator().delete(path));
                if (exitCode != ExitCode.OK) {
                    break;
                }
                checkpoints.add(checkpoint);
            }
        }
        session.output().print(document, RetentionPages.applied(document));
        return exitCode.number();
    }

    /** The policy is asked again, by whoever decides: what was planned may have been overtaken. */
    private JsonNode done(String backup, boolean merges) {
        return merges
                ? session.coordinator()
                        .post(RequestPath.v1("backups", backup, "merge").with("policy", "true"), Arguments.body())
                : session.coordinator().delete(RequestPath.v1("backups", backup).with("policy", "true"));
    }

    private ExitCode ended(WaitOptions wait, Supplier<JsonNode> request) {
        OperationWait.Sight sight =
                run.awaited(run.submitted("tidemark retention plan " + vm, request), wait.timeoutSeconds);
        ExitCode exitCode = OperationRun.exitCode(sight);
        if (exitCode != ExitCode.OK) {
            session.output().printError(OperationRun.detail(sight), OperationRun.remedy(sight));
        }
        return exitCode;
    }
}
