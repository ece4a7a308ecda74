package dev.tidemark.coordinator.cli;

import dev.tidemark.coordinator.cli.client.ExitCode;
import dev.tidemark.coordinator.cli.client.RequestPath;
import dev.tidemark.schema.id.MachineName;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/** {@code tidemark reconcile}: makes QEMU hold what the log says, and tells what differed. */
@Command(name = "reconcile", description = "Looks at a machine and makes it hold what the log says.")
@SuppressWarnings("NullAway.Init") // picocli fills what is required before it calls
final class ReconcileVerb implements Callable<Integer> {
    /** The coordinator answers when a gateway has looked. */
    private static final Duration LOOK_PATIENCE = Duration.ofSeconds(90);

    private final Session session;

    @Parameters(index = "0", paramLabel = "VM", description = "The machine.")
    private MachineName vm;

    @Option(names = "--dry-run", description = "Tell what differs, and change nothing.")
    private boolean dryRun;

    ReconcileVerb(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        RequestPath path = RequestPath.v1("vms", vm.value(), "reconciliation");
        JsonNode answer = new OperationRun(session)
                .submitted(
                        "tidemark reconcile " + vm + " --dry-run",
                        () -> session.coordinator()
                                .post(dryRun ? path.with("dryRun", "true") : path, Arguments.body(), LOOK_PATIENCE));
        session.print(answer, ChainPages.reconciliation(answer));
        // A dry run did what it was asked for, whatever it found.
        boolean reached = dryRun || answer.path("converged").asBoolean(false);
        return (reached ? ExitCode.OK : ExitCode.FAILED).number();
    }
}
