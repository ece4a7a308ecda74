package dev.tidemark.coordinator.cli;

import dev.tidemark.coordinator.cli.client.Coordinator;
import dev.tidemark.coordinator.cli.client.ExitCode;
import dev.tidemark.coordinator.cli.client.Failure;
import dev.tidemark.coordinator.cli.client.RequestPath;
import dev.tidemark.coordinator.cli.show.Cell;
import dev.tidemark.gateway.qmp.SocketGuard;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import tools.jackson.databind.JsonNode;

/** What the doctor hears from a coordinator, and from it about the machines. */
final class ServerChecks {
    private final Coordinator coordinator;

    ServerChecks(Coordinator coordinator) {
        this.coordinator = coordinator;
    }

    List<Check> all() {
        List<Check> checks = new ArrayList<>();
        JsonNode server;
        try {
            server = coordinator.get(RequestPath.v1("server"));
        } catch (Failure failure) {
            // A host without a coordinator is healthy; one whose coordinator refuses us is not.
            checks.add(
                    failure.exitCode() == ExitCode.UNAVAILABLE
                            ? Check.warn("coordinator", failure.detail(), failure.remedy())
                            : Check.fail("coordinator", failure.detail(), failure.remedy()));
            return checks;
        }
        checks.add(Check.ok("coordinator", "version " + Cell.text(server, "version")));
        checks.add(asked("ready", () -> ready(coordinator.get(RequestPath.of("/health/ready")))));
        JsonNode database = server.path("database");
        checks.add(Check.ok("database", Cell.text(database, "kind") + " PostgreSQL " + Cell.text(database, "version")));
        checks.addAll(repositories());
        try {
            Cell.list(coordinator.list(RequestPath.v1("vms"), "vms"), "vms").forEach(vm -> checks.add(machine(vm)));
        } catch (Failure failure) {
            checks.add(Check.fail("machines", failure.detail(), failure.remedy()));
        }
        return checks;
    }

    /** A coordinator makes no directory: what is missing may be a mount, and a backup beside it would be lost from sight. */
    private List<Check> repositories() {
        List<Check> checks = new ArrayList<>();
        try {
            for (JsonNode repository : Cell.list(coordinator.get(RequestPath.v1("repositories")), "repositories")) {
                checks.add(repository(Cell.text(repository, "name"), Cell.text(repository, "directory")));
            }
        } catch (Failure failure) {
            checks.add(Check.fail("repositories", failure.detail(), failure.remedy()));
        }
        return checks;
    }

    /** Only a warning: the directory counts on the coordinator's host, and this may be another one. */
    private static Check repository(String name, String directory) {
        String label = "repository " + name;
        return Files.isDirectory(Path.of(directory))
                ? Check.ok(label, directory)
                : Check.warn(
                        label,
                        "no such directory on this host: " + directory,
                        "mount or make it; every backup into it fails until then");
    }

    private static Check asked(String name, Supplier<Check> question) {
        try {
            return question.get();
        } catch (Failure failure) {
            return Check.fail(name, failure.detail(), failure.remedy());
        }
    }

    private static Check ready(JsonNode health) {
        return health.path("status").asString("").equals("UP")
                ? Check.ok("ready", "the coordinator can do its work")
                : Check.fail("ready", "the coordinator says " + Cell.text(health, "status"), "see its log");
    }

    private static Check machine(JsonNode machine) {
        String name = Cell.text(machine, "name");
        String state = Cell.text(machine, "state");
        String label = "vm " + name;
        // One on another host is not there, and then nothing is told of it.
        List<String> openings = SocketGuard.openings(Path.of(machine.path("qmp").asString("")));
        if (!openings.isEmpty()) {
            return Check.warn(label, state + "; " + String.join("; ", openings), "whoever speaks QMP owns the machine");
        }
        return state.equals("UP")
                ? Check.ok(label, state)
                : Check.warn(label, state, "start it, or remove it: tidemark vm remove " + name);
    }
}
