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
 * Deletes what a policy does not keep: backups from above, then checkpoints from the oldest on. Each is waited for, and the first that
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
        ArrayNode checkpoints = document.putArray("checkpoints");
        ExitCode exitCode = ExitCode.OK;
        for (JsonNode backup : Cell.list(session.coordinator().get(plan), "deletions")) {
            // The policy is asked again, by whoever decides: what was planned may have been overtaken.
            RequestPath path = RequestPath.v1("backups", backup.asString("")).with("policy", "true");
            exitCode = ended(wait, () -> session.coordinator().delete(path));
            if (exitCode != ExitCode.OK) {
                break;
            }
            backups.add(backup);
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
