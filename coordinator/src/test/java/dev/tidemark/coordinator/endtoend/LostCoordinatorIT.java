package dev.tidemark.coordinator.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.coordinator.LocalCoordinator;
import dev.tidemark.coordinator.cli.TidemarkCommand;
import dev.tidemark.coordinator.cli.show.Terminal;
import dev.tidemark.coordinator.endtoend.Client.Made;
import dev.tidemark.coordinator.stage.Stage;
import dev.tidemark.gateway.testkit.ShortDirectory;
import dev.tidemark.schema.id.RepositoryName;
import dev.tidemark.schema.json.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import tools.jackson.databind.JsonNode;

/** The coordinator is gone with its home and its database; a directory of backups is all that is left. */
@Timeout(300)
class LostCoordinatorIT {
    private final ShortDirectory directory = ShortDirectory.create();
    private final Path repository = directory.resolve("kept");
    private final Machine machine = new Machine(2);
    private final List<Made> made = new ArrayList<>();
    private String vm = "";
    private int restored;

    @BeforeEach
    void backUpAndLoseTheCoordinator() throws IOException {
        Files.createDirectory(repository);
        Path home = directory.resolve("home");
        Map<String, Object> kept = Map.of("repo", "kept");
        try (LocalCoordinator _ = LocalCoordinator.start(home, Map.of(new RepositoryName("kept"), repository))) {
            Client client = new Client(new Api(home), machine, directory.resolve("restores"));
            vm = client.vm();
            client.register();
            machine.write("d0", 0, 1 << 20);
            machine.write("d1", 12_345, 54_321);
            made.add(client.backUp(kept));
            machine.writeGranule("d0", 3);
            machine.write("d1", 2_000_000, 4096);
            made.add(client.backUp(kept));
            machine.write("d0", 70_000, 512);
            made.add(client.backUp(Map.of("repo", "kept", "disks", List.of("d0"))));
            assertThat(made.getLast().kind("d0")).isEqualTo("INCREMENTAL");
        }
        Stage.delete(home);
        assertThat(home).doesNotExist();
    }

    @AfterEach
    void close() {
        machine.close();
        directory.close();
    }

    @Test
    void every_point_is_restored_to_the_byte() {
        for (Made one : made) {
            Map<String, byte[]> held = restore(one.backup().path("disks").size(), vm, "--backup", one.id());
            held.forEach(
                    (disk, bytes) -> assertThat(Arrays.equals(bytes, one.truth().get(disk)))
                            .as("%s of %s", disk, one.backup())
                            .isTrue());
        }
        // The comparison can tell one point from another.
        assertThat(Arrays.equals(
                        made.get(0).truth().get("d0"), made.get(1).truth().get("d0")))
                .isFalse();
    }

    @Test
    void without_a_choice_it_is_the_newest_that_holds_the_disks() {
        assertThat(restore(1, vm).get("d0")).isEqualTo(made.get(2).truth().get("d0"));
        assertThat(restore(1, vm, "--disk", "d1").get("d1"))
                .isEqualTo(made.get(1).truth().get("d1"));
    }

    @Test
    void a_moment_between_two_backups_is_the_older_one() {
        JsonNode backups = listed(vm).path("backups");
        Instant second = Instant.parse(backups.path(1).path("storedAt").asString(""));
        String at = second.minusMillis(1).toString();
        assertThat(restore(2, vm, "--at", at).get("d0"))
                .isEqualTo(made.get(0).truth().get("d0"));
        assertThat(restore(2, vm, "--at", second.toString()).get("d0"))
                .isEqualTo(made.get(1).truth().get("d0"));
        Ended before = run("restore", vm, "--repo-dir", kept(), "--to", to(), "--at", "2020-01-01T00:00:00Z");
        assertThat(before.exitCode()).isEqualTo(3);
    }

    @Test
    void what_is_there_is_listed() {
        JsonNode machines = listed().path("machines");
        assertThat(machines.size()).isEqualTo(1);
        assertThat(machines.path(0).path("name").asString("")).isEqualTo(vm);
        assertThat(machines.path(0).path("backupCount").asInt(0)).isEqualTo(3);
        String id = machines.path(0).path("id").asString("");
        assertThat(listed(id)
                        .path("backups")
                        .valueStream()
                        .map(backup -> backup.path("id").asString("")))
                .containsExactly(made.get(0).id(), made.get(1).id(), made.get(2).id());
        assertThat(run("restore", vm, "--repo-dir", kept()).results())
                .contains(made.get(0).id(), "INCREMENTAL")
                .doesNotContain("DAMAGED");
    }

    @Test
    void a_byte_that_rotted_is_found_and_nothing_is_written() throws IOException {
        Path file = repository.resolve(made.get(0).disk("d0").path("file").asString(""));
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length - 1000] ^= 1;
        Files.write(file, bytes);
        for (Made one : made) {
            String to = to();
            Ended ended = run("restore", "--repo-dir", kept(), "--to", to, "--backup", one.id(), "-o", "json");
            assertThat(ended.exitCode()).isEqualTo(1);
            assertThat(Json.MAPPER.readTree(ended.results()).path("code").asString(""))
                    .isEqualTo("BACKUP_DAMAGED");
            assertThat(ended.notes()).contains(made.get(0).id(), "its content is not that of the backup");
            assertThat(Path.of(to)).doesNotExist();
        }
        assertThat(restore(1, vm, "--disk", "d1").get("d1"))
                .isEqualTo(made.get(1).truth().get("d1"));
    }

    @Test
    void a_manifest_that_is_damaged_hides_no_other_backup() throws IOException {
        Path manifest = repository
                .resolve(made.get(2).disk("d0").path("file").asString(""))
                .resolveSibling("manifest.json");
        Files.writeString(manifest, "{");
        assertThat(listed(vm).path("backups").path(2).path("state").asString(""))
                .isEqualTo("DAMAGED");
        Ended newest = run("restore", vm, "--repo-dir", kept(), "--to", to());
        assertThat(newest.exitCode()).isEqualTo(1);
        assertThat(newest.notes()).contains(made.get(2).id(), "cannot be read", "--backup");
        assertThat(restore(2, vm, "--backup", made.get(1).id()).get("d0"))
                .isEqualTo(made.get(1).truth().get("d0"));
    }

    @Test
    void who_or_what_is_not_there_is_said() {
        Ended nobody = run("restore", "nobody", "--repo-dir", kept());
        assertThat(nobody.exitCode()).isEqualTo(3);
        assertThat(nobody.notes()).contains("there is no machine 'nobody'", vm);
        assertThat(run("restore", vm, "--repo-dir", kept(), "--to", to(), "--backup", "01ARZ3NDEKTSV4RRFFQ69G5FAV")
                        .exitCode())
                .isEqualTo(3);
        assertThat(run("restore", "--repo-dir", kept(), "--to", to()).exitCode())
                .isEqualTo(2);
        Ended elsewhere = run("restore", "--repo-dir", directory.path().toString());
        assertThat(elsewhere.exitCode()).isEqualTo(3);
        assertThat(elsewhere.notes()).contains("there is no completed backup in");
    }

    /** Restores all disks, and holds the result against what is on the disk. */
    private Map<String, byte[]> restore(int diskCount, String... choice) {
        String to = to();
        List<String> arguments = new ArrayList<>(List.of("restore"));
        arguments.addAll(List.of(choice));
        arguments.addAll(List.of("--repo-dir", kept(), "--to", to, "--format", "raw", "-o", "json"));
        Ended ended = run(arguments.toArray(new String[0]));
        assertThat(ended.exitCode()).as(ended.notes()).isZero();
        Map<String, byte[]> held = new LinkedHashMap<>();
        for (JsonNode disk : Json.MAPPER.readTree(ended.results()).path("disks")) {
            Path file = Path.of(disk.path("file").asString(""));
            assertThat(file).startsWith(Path.of(to));
            assertThat(disk.path("virtualSize").asLong(0)).isEqualTo(Machine.DISK_BYTES);
            held.put(disk.path("disk").asString(""), Machine.bytes(file));
        }
        assertThat(held).hasSize(diskCount);
        return held;
    }

    private JsonNode listed(String... machine) {
        List<String> arguments = new ArrayList<>(List.of("restore", "--repo-dir", kept(), "--list", "-o", "json"));
        arguments.addAll(List.of(machine));
        Ended ended = run(arguments.toArray(new String[0]));
        assertThat(ended.exitCode()).as(ended.notes()).isZero();
        return Json.MAPPER.readTree(ended.results());
    }

    private String kept() {
        return repository.toString();
    }

    private String to() {
        return directory.resolve("to" + ++restored).toString();
    }

    private record Ended(int exitCode, String results, String notes) {}

    /** With nothing of a coordinator to be found. */
    private Ended run(String... arguments) {
        ByteArrayOutputStream results = new ByteArrayOutputStream();
        ByteArrayOutputStream notes = new ByteArrayOutputStream();
        Map<String, String> environment =
                Map.of("TIDEMARK_HOME", directory.resolve("nothing").toString());
        int exitCode = new TidemarkCommand(() -> {
                    throw new AssertionError("a local verb was asked for");
                })
                .run(new Terminal(results, notes, environment, false), arguments);
        return new Ended(exitCode, results.toString(StandardCharsets.UTF_8), notes.toString(StandardCharsets.UTF_8));
    }
}
