package dev.tidemark.coordinator.cli;

import dev.tidemark.coordinator.cli.client.ExitCode;
import dev.tidemark.coordinator.cli.client.Failure;
import dev.tidemark.coordinator.cli.client.RequestPath;
import dev.tidemark.coordinator.cli.show.Cell;
import dev.tidemark.schema.id.DiskName;
import dev.tidemark.schema.id.MachineName;
import dev.tidemark.schema.id.RepositoryName;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code tidemark chain}: the bitmaps behind the checkpoints, and what they are good for. */
@Command(name = "chain", description = "The bitmaps behind the checkpoints, and what they are good for.")
final class ChainVerbs {
    private final Session session;

    ChainVerbs(Session session) {
        this.session = session;
    }

    @Command(name = "show", description = "Shows the bitmaps of each disk, oldest first.")
    int show(
            @Parameters(index = "0", paramLabel = "VM", description = "The machine.") MachineName vm,
            @Option(names = "--disk", paramLabel = "DISK", description = "Only this disk.") @Nullable DiskName disk) {
        JsonNode chain = chain(vm, disk);
        return session.print(chain, ChainPages.show(chain));
    }

    @Command(name = "explain", description = "Says why the next backup will be incremental or full, disk by disk.")
    int explain(
            @Parameters(index = "0", paramLabel = "VM", description = "The machine.") MachineName vm,
            @Option(names = "--disk", paramLabel = "DISK", description = "Only this disk.") @Nullable DiskName disk,
            @Option(names = "--repo", paramLabel = "REPO", description = "Only for backups into this repository.")
                    @Nullable
                    RepositoryName repository) {
        ObjectNode explanation = chain(vm, disk).deepCopy();
        ArrayNode plans = explanation.putArray("plans");
        for (String name : repositories(repository)) {
            RequestPath path =
                    RequestPath.v1("vms", vm.value(), "backups", "plan").with("repo", name);
            plans.add(session.coordinator().get(disk == null ? path : path.with("disk", disk.value())));
        }
        return session.print(explanation, ChainPages.explain(explanation));
    }

    private List<String> repositories(@Nullable RepositoryName only) {
        if (only != null) {
            return List.of(only.value());
        }
        JsonNode answer = session.coordinator().get(RequestPath.v1("repositories"));
        return Cell.list(answer, "repositories").stream()
                .map(repository -> repository.path("name").asString(""))
                .toList();
    }

    private ObjectNode chain(MachineName vm, @Nullable DiskName only) {
        JsonNode answer = session.coordinator().get(RequestPath.v1("vms", vm.value(), "chain"));
        ObjectNode chain = ((ObjectNode) answer).deepCopy();
        if (only == null) {
            return chain;
        }
        List<JsonNode> disks = Cell.list(answer, "disks").stream()
                .filter(disk -> disk.path("disk").asString("").equals(only.value()))
                .toList();
        if (disks.isEmpty()) {
            throw Failure.local(
                    ExitCode.NOT_FOUND,
                    "DISK_UNKNOWN",
                    "machine " + vm + " has no disk " + only,
                    "see: tidemark vm show " + vm);
        }
        ArrayNode chosen = chain.putArray("disks");
        disks.forEach(chosen::add);
        return chain;
    }
}
