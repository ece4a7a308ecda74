package dev.tidemark.coordinator.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.coordinator.cli.CommandLineRun.Ended;
import dev.tidemark.schema.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What people and programs see, to the letter, in one file for each verb under {@code src/test/resources/cli/golden}. To
 * write the files anew: {@code TIDEMARK_WRITE_GOLDEN=1}, and read the difference.
 */
@SuppressWarnings("NullAway.Init")
class GoldenOutputTest {
    private static final Path GOLDEN = Path.of("src/test/resources/cli/golden");

    @TempDir
    Path home;

    record Case(String name, List<String> arguments) {
        @Override
        public String toString() {
            return name;
        }
    }

    static List<Case> cases() {
        return List.of(
                new Case("vm-list", List.of("vm", "list")),
                new Case("vm-show", List.of("vm", "show", "web1")),
                new Case("vm-add", List.of("vm", "add", "web1", "--qmp", "/run/web1.qmp")),
                new Case("vm-remove", List.of("vm", "remove", "web1")),
                new Case("checkpoint-create", List.of("checkpoint", "create", "web1", "base")),
                new Case("checkpoint-create-dry-run", List.of("checkpoint", "create", "web1", "base", "--dry-run")),
                new Case("checkpoint-create-no-wait", List.of("checkpoint", "create", "web1", "base", "--no-wait")),
                new Case("checkpoint-list", List.of("checkpoint", "list", "web1")),
                new Case("checkpoint-list-tree", List.of("checkpoint", "list", "web1", "--tree")),
                new Case("checkpoint-list-name", List.of("checkpoint", "list", "web1", "--name")),
                new Case("checkpoint-list-leaves", List.of("checkpoint", "list", "web1", "--leaves")),
                new Case("checkpoint-show", List.of("checkpoint", "show", "web1", "monday")),
                new Case(
                        "checkpoint-delete-children",
                        List.of("checkpoint", "delete", "web1", "base", "--children-only")),
                new Case("backup-start", List.of("backup", "start", "web1", "--repo", "default")),
                new Case("backup-plan", List.of("backup", "plan", "web1", "--repo", "default")),
                new Case("backup-list", List.of("backup", "list", "web1")),
                new Case("backup-show", List.of("backup", "show", Answers.BACKUP_ID)),
                new Case("restore", List.of("restore", "web1", "--to", "/restore")),
                new Case("chain-show", List.of("chain", "show", "web1")),
                new Case("chain-explain", List.of("chain", "explain", "web1")),
                new Case("reconcile", List.of("reconcile", "web1")),
                new Case("gateways", List.of("gateways")));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void looks_as_agreed(Case verb) throws IOException {
        StringBuilder seen = new StringBuilder();
        try (PlayedCoordinator coordinator = new PlayedCoordinator()) {
            for (String columns : List.of("80", "40", "20")) {
                seen.append("--- table, ").append(columns).append(" columns\n");
                seen.append(output(coordinator, verb, columns, "table"));
            }
            String json = output(coordinator, verb, "80", "json");
            assertThat(Json.MAPPER.readTree(json).isObject()).isTrue();
            seen.append("--- json\n").append(json);
            seen.append("--- yaml\n").append(output(coordinator, verb, "80", "yaml"));
        }
        Path file = GOLDEN.resolve(verb.name() + ".txt");
        if (System.getenv("TIDEMARK_WRITE_GOLDEN") != null) {
            Files.writeString(file, seen);
        }
        assertThat(seen.toString()).isEqualTo(Files.readString(file));
    }

    private String output(PlayedCoordinator coordinator, Case verb, String columns, String format) throws IOException {
        play(coordinator, verb.name());
        String[] arguments = new String[verb.arguments().size() + 2];
        verb.arguments().toArray(arguments);
        arguments[arguments.length - 2] = "-o";
        arguments[arguments.length - 1] = format;
        Ended ended = CommandLineRun.against(coordinator, home)
                .with("COLUMNS", columns)
                .run(arguments);
        assertThat(ended.notes()).isEmpty();
        assertThat(ended.exitCode()).isZero();
        if (format.equals("table") && !ended.results().contains("transaction")) {
            assertThat(ended.results().lines()).allMatch(line -> line.length() <= Integer.parseInt(columns));
        }
        return ended.results();
    }

    private static void play(PlayedCoordinator coordinator, String name) {
        String vm = "/v1/vms/web1";
        coordinator.answers("GET /v1/vms", "{\"vms\":[" + Answers.VM + "]}");
        coordinator.answers("GET " + vm, name.equals("vm-remove") ? "" : Answers.VM);
        coordinator.answers("GET " + vm + "/checkpoints", Answers.CHECKPOINTS);
        coordinator.answers("GET " + vm + "/checkpoints/monday", Answers.SECOND);
        coordinator.answers("GET " + vm + "/checkpoints/" + Answers.CHECKPOINT_ID, Answers.FIRST);
        coordinator.answers("GET " + vm + "/backups", "{\"backups\":[" + Answers.BACKUP + "]}");
        coordinator.answers("GET " + vm + "/backups/plan", Answers.PLAN);
        coordinator.answers("GET /v1/backups/" + Answers.BACKUP_ID, Answers.BACKUP);
        coordinator.answers("GET " + vm + "/chain", Answers.CHAIN);
        coordinator.answers("GET /v1/gateways", Answers.GATEWAYS);
        coordinator.answers("GET /v1/repositories", "{\"repositories\":[{\"name\":\"default\"}]}");
        coordinator.answers("POST " + vm + "/reconciliation", Answers.RECONCILIATION);
        String register = Answers.operation("REGISTER", "DONE", "web1");
        coordinator.answers("POST /v1/vms", 202, register);
        coordinator.answers("DELETE " + vm, 202, Answers.operation("REMOVE", "DONE", "web1"));
        coordinator.answers("POST " + vm + "/backups", 202, Answers.operation("BACKUP", "DONE", Answers.BACKUP_ID));
        String created = Answers.operation("CREATE_CHECKPOINT", "DONE", Answers.CHECKPOINT_ID);
        coordinator.answers(
                "POST " + vm + "/checkpoints",
                name.endsWith("dry-run") ? 200 : 202,
                name.endsWith("dry-run") ? Answers.DECISION : created);
        for (String id : List.of(Answers.SECOND_CHECKPOINT_ID, Answers.THIRD_CHECKPOINT_ID)) {
            coordinator.answers(
                    "DELETE " + vm + "/checkpoints/" + id, 202, Answers.operation("DELETE_CHECKPOINT", "DONE", id));
        }
        String restored = Answers.operation("RESTORE", "DONE", Answers.BACKUP_ID)
                .replace("\"future\":1", "\"result\":" + Answers.RESTORE);
        coordinator.answers("POST " + vm + "/restores", 202, restored);
    }
}
