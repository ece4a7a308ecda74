package dev.tidemark.coordinator.cli;

import dev.tidemark.coordinator.cli.client.Expected;
import dev.tidemark.coordinator.cli.client.RequestPath;
import dev.tidemark.schema.id.MachineName;
import dev.tidemark.schema.id.RepositoryName;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code tidemark retention}: which backups stay. Nothing goes before somebody says apply. */
@Command(
        name = "retention",
        description = "Which backups stay, per machine and repository. Nothing goes before 'apply'.")
final class RetentionVerbs {
    private static final String DEFAULT_REPOSITORY = "default";

    private final Session session;

    RetentionVerbs(Session session) {
        this.session = session;
    }

    @Command(name = "set", description = "Says how many restore points stay; what is not named counts as 0.")
    int set(
            @Parameters(index = "0", paramLabel = "VM", description = "The machine.") MachineName vm,
            @Option(names = "--repo", paramLabel = "REPO", description = "The repository.") @Nullable
                    RepositoryName repository,
            @Option(names = "--keep-last", paramLabel = "N", description = "The newest so many.") int last,
            @Option(names = "--keep-daily", paramLabel = "N", description = "The newest of so many days (UTC).")
                    int daily,
            @Option(names = "--keep-weekly", paramLabel = "N", description = "The newest of so many weeks (ISO).")
                    int weekly,
            @Option(names = "--keep-monthly", paramLabel = "N", description = "The newest of so many months.")
                    int monthly,
            @Option(names = "--keep-yearly", paramLabel = "N", description = "The newest of so many years.") int yearly,
            @Mixin ExpectOption expect,
            @Mixin WaitOptions wait) {
        Expected expected = expect.of(session, vm);
        ObjectNode body = Arguments.body()
                .put("last", last)
                .put("daily", daily)
                .put("weekly", weekly)
                .put("monthly", monthly)
                .put("yearly", yearly);
        return new OperationRun(session)
                .start(
                        wait,
                        "tidemark retention show " + vm,
                        () -> session.coordinator().post(path(vm, repository), body, expected));
    }

    @Command(name = "clear", description = "Ends the policy: everything stays.")
    int clear(
            @Parameters(index = "0", paramLabel = "VM", description = "The machine.") MachineName vm,
            @Option(names = "--repo", paramLabel = "REPO", description = "The repository.") @Nullable
                    RepositoryName repository,
            @Mixin ExpectOption expect,
            @Mixin WaitOptions wait) {
        Expected expected = expect.of(session, vm);
        return new OperationRun(session)
                .start(
                        wait,
                        "tidemark retention show " + vm,
                        () -> session.coordinator().delete(path(vm, repository), expected));
    }

    @Command(name = "show", description = "Shows a machine's policies.")
    int show(@Parameters(index = "0", paramLabel = "VM", description = "The machine.") MachineName vm) {
        JsonNode answer = session.coordinator().get(RequestPath.v1("vms", vm.value(), "retention"));
        return session.print(answer, RetentionPages.policies(answer));
    }

    @Command(name = "plan", description = "Shows what would go, and why each of the others stays.")
    int plan(
            @Parameters(index = "0", paramLabel = "VM", description = "The machine.") MachineName vm,
            @Option(names = "--no-merge", description = "Merge nothing: what another one stands on stays.")
                    boolean noMerge,
            @Option(names = "--repo", paramLabel = "REPO", description = "The repository.") @Nullable
                    RepositoryName repository) {
        JsonNode plan = session.coordinator().get(planPath(vm, repository, noMerge));
        return session.print(plan, RetentionPages.plan(plan));
    }

    @Command(
            name = "apply",
            description =
                    "Deletes what the policy does not keep, merged into what stays where that stands on it, and then the "
                            + "checkpoints that nothing needs.")
    int apply(
            @Parameters(index = "0", paramLabel = "VM", description = "The machine.") MachineName vm,
            @Option(names = "--repo", paramLabel = "REPO", description = "The repository.") @Nullable
                    RepositoryName repository,
            @Option(names = "--no-merge", description = "Merge nothing: what another one stands on stays.")
                    boolean noMerge,
            @Option(names = "--dry-run", description = "Show the plan, and do nothing.") boolean dryRun,
            @Mixin WaitOptions wait) {
        wait.check();
        if (!wait.waits()) {
            throw Session.misuse(
                    "apply merges and deletes one backup after the other and cannot be used with --no-wait");
        }
        return dryRun
                ? plan(vm, noMerge, repository)
                : new RetentionApplication(session, vm, planPath(vm, repository, noMerge)).run(wait);
    }

    private static RequestPath path(MachineName vm, @Nullable RepositoryName repository) {
        return RequestPath.v1("vms", vm.value(), "retention", name(repository));
    }

    private static RequestPath planPath(MachineName vm, @Nullable RepositoryName repository, boolean noMerge) {
        RequestPath path = RequestPath.v1("vms", vm.value(), "retention", name(repository), "plan");
        return noMerge ? path.with("merge", "false") : path;
    }

    private static String name(@Nullable RepositoryName repository) {
        return repository == null ? DEFAULT_REPOSITORY : repository.value();
    }
}
