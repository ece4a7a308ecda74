package dev.tidemark.coordinator.kills;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.coordinator.cli.client.Failure;
import dev.tidemark.coordinator.stage.Pause;
import dev.tidemark.coordinator.stage.Service;
import dev.tidemark.coordinator.stage.Stage;
import dev.tidemark.coordinator.stage.StageFailure;
import dev.tidemark.coordinator.stage.VirtualMachine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/**
 * SIGKILL of the coordinator at random moments of {@code checkpoint create} and of {@code backup start}. After the restart
 * log and QEMU agree, nothing temporary is left, what was acknowledged is known, and the next automatic backup restores
 * identically. A few moments in every run; fifty each with the profile {@code kills}.
 */
class RandomKillsIT {
    private static final String VM = "victim";
    private static final int KILLS = Integer.getInteger("tidemark.kills", 2);
    private static final long SEED = Long.getLong("tidemark.seed", System.nanoTime());
    private static final int CONVERGE_MILLISECONDS_MAX = 60_000;
    private static final int FULL_EVERY = 20;

    private final Random random = new Random(SEED);
    private int moments;

    @Test
    void killed_at_any_moment_of_a_checkpoint() throws IOException {
        play(60, service -> service.started(Map.of("name", "c" + moments), "vms", VM, "checkpoints"));
    }

    @Test
    void killed_at_any_moment_of_a_backup() throws IOException {
        play(900, service -> service.started(Map.of("repo", "default"), "vms", VM, "backups"));
    }

    @Test
    void the_judge_goes_red_when_a_write_escapes_the_bitmap() throws IOException {
        try (Stage stage = Stage.open("tm-kills", false)) {
            // given a machine with a full backup
            VirtualMachine machine = open(stage);
            assertThat(backUpAndCompare(stage, machine, "AUTO")).isTrue();
            // when its newest bitmap is switched off around a write, and switched on again before anybody can look
            String bitmap = stage.service()
                    .get("vms", VM, "chain")
                    .path("disks")
                    .path(0)
                    .path("bitmaps")
                    .path(0)
                    .path("name")
                    .asString("");
            String target = "\"arguments\":{\"node\":\"drive-vda\",\"name\":\"" + bitmap + "\"}}";
            stage.service().pause();
            machine.monitor().execute("{\"execute\":\"block-dirty-bitmap-disable\"," + target);
            machine.write(VirtualMachine.FIRST, 20);
            machine.monitor().execute("{\"execute\":\"block-dirty-bitmap-enable\"," + target);
            stage.service().resume();
            // then the incremental misses the write, and the comparison says so
            assertThat(backUpAndCompare(stage, machine, "AUTO")).isFalse();
        }
    }

    private interface Wish {
        JsonNode ask(Service service);
    }

    private void play(int delayMillisecondsMax, Wish wish) throws IOException {
        System.out.println("seed=" + SEED + " kills=" + KILLS + " (replay with -Dtidemark.seed and -Dtidemark.kills)");
        try (Stage stage = Stage.open("tm-kills", false)) {
            VirtualMachine machine = open(stage);
            assertThat(backUpAndCompare(stage, machine, "AUTO")).isTrue();
            for (moments = 1; moments <= KILLS; moments++) {
                int delay = random.nextInt(delayMillisecondsMax + 1);
                String where = "seed " + SEED + ", moment " + moments + ", killed after " + delay + " ms";
                machine.write(VirtualMachine.FIRST, 12);
                machine.write(VirtualMachine.SECOND, 8);
                Path reference = stage.directory().resolve("killed-" + moments);
                machine.readAll(reference);
                Set<String> before = completed(stage);

                CompletableFuture<Optional<JsonNode>> asked = CompletableFuture.supplyAsync(() -> ask(stage, wish));
                Pause.milliseconds(delay);
                stage.service().kill();
                Optional<JsonNode> acknowledged = asked.join();
                stage.service().start();

                converge(stage, where);
                acknowledged.ifPresent(operation -> assertThat(stage.service()
                                .get("operations", operation.path("id").asString(""))
                                .path("state")
                                .asString(""))
                        .as("%s: an acknowledged operation has ended", where)
                        .isIn("DONE", "FAILED"));
                nothingIsLeft(stage, machine, where);
                for (String backup : completed(stage)) {
                    if (!before.contains(backup)) {
                        assertThat(restoredIdentically(stage, machine, backup, reference))
                                .as("%s: backup %s, finished across the kill", where, backup)
                                .isTrue();
                    }
                }
                Stage.delete(reference);
                machine.write(VirtualMachine.FIRST, 6);
                assertThat(backUpAndCompare(stage, machine, moments % FULL_EVERY == 0 ? "FULL" : "AUTO"))
                        .as("%s: the next backup restores identically", where)
                        .isTrue();
            }
        }
    }

    private static VirtualMachine open(Stage stage) throws IOException {
        VirtualMachine machine = new VirtualMachine(stage.directory(), stage.programs(), 48, 24);
        machine.install();
        machine.start();
        stage.service().start();
        stage.service().done(Map.of("name", VM, "qmp", machine.qmpSocket().toString()), "vms");
        return machine;
    }

    private static Optional<JsonNode> ask(Stage stage, Wish wish) {
        try {
            return Optional.of(wish.ask(stage.service()));
        } catch (Failure | StageFailure killed) {
            // The answer was lost with the coordinator: what became of the wish is what this test is about.
            return Optional.empty();
        }
    }

    private static void converge(Stage stage, String where) {
        long begin = System.nanoTime();
        while (true) {
            JsonNode machine = stage.service().get("vms", VM);
            boolean idle = machine.path("pending").isNull();
            if (idle && machine.path("state").asString("").equals("UP") && converged(stage)) {
                return;
            }
            assertThat(Service.elapsed(begin))
                    .as("%s: not converged: %s", where, machine)
                    .isLessThan(CONVERGE_MILLISECONDS_MAX);
            Pause.milliseconds(50);
        }
    }

    private static boolean converged(Stage stage) {
        return stage.service()
                .started(Map.of(), "vms", VM, "reconciliation")
                .path("converged")
                .asBoolean(false);
    }

    /** Asked through a monitor of our own, and on the file system: not the coordinator's word. */
    private static void nothingIsLeft(Stage stage, VirtualMachine machine, String where) throws IOException {
        JsonNode jobs = machine.monitor().execute("{\"execute\":\"query-jobs\"}");
        assertThat(jobs.size()).as("%s: jobs %s", where, jobs).isZero();
        Map<String, Set<String>> bitmaps = new LinkedHashMap<>();
        JsonNode nodes =
                machine.monitor().execute("{\"execute\":\"query-named-block-nodes\",\"arguments\":{\"flat\":true}}");
        for (JsonNode node : nodes) {
            String name = node.path("node-name").asString("");
            assertThat(name).as("%s: a node of ours", where).doesNotStartWith("tm-");
            for (JsonNode bitmap : node.path("dirty-bitmaps")) {
                bitmaps.computeIfAbsent(name, ignored -> new TreeSet<>())
                        .add(bitmap.path("name").asString("") + " "
                                + bitmap.path("recording").asBoolean(false));
            }
        }
        for (JsonNode disk : stage.service().get("vms", VM, "chain").path("disks")) {
            Set<String> expected = new TreeSet<>();
            for (JsonNode bitmap : disk.path("bitmaps")) {
                expected.add(bitmap.path("name").asString("") + " "
                        + bitmap.path("recording").asBoolean(false));
            }
            assertThat(bitmaps.getOrDefault("drive-" + disk.path("disk").asString(""), Set.of()))
                    .as("%s: QEMU holds what the log says, and nothing else", where)
                    .isEqualTo(expected);
        }
        try (Stream<Path> files = Files.walk(stage.directory().resolve("home").resolve("repositories"))) {
            assertThat(files.filter(file -> file.toString().contains(".partial"))
                            .toList())
                    .as("%s: unfinished files", where)
                    .isEmpty();
        }
    }

    private static Set<String> completed(Stage stage) {
        Set<String> ids = new TreeSet<>();
        for (JsonNode backup : stage.service().get("vms", VM, "backups").path("backups")) {
            if (backup.path("state").asString("").equals("COMPLETED")) {
                ids.add(backup.path("id").asString(""));
            }
        }
        return ids;
    }

    private boolean backUpAndCompare(Stage stage, VirtualMachine machine, String kind) throws IOException {
        Path reference = stage.directory().resolve("reference-" + kind + "-" + moments);
        machine.readAll(reference);
        String backup = stage.service()
                .done(Map.of("repo", "default", "kind", kind), "vms", VM, "backups")
                .path("target")
                .asString("");
        boolean identical = restoredIdentically(stage, machine, backup, reference);
        Stage.delete(reference);
        return identical;
    }

    private static boolean restoredIdentically(Stage stage, VirtualMachine machine, String backup, Path reference) {
        Path target = stage.directory().resolve("restored-" + backup);
        JsonNode restored = stage.service()
                .done(Map.of("backup", backup, "to", target.toString()), "vms", VM, "restores")
                .path("result");
        List<String> disks = new ArrayList<>();
        boolean identical = true;
        for (JsonNode disk : restored.path("disks")) {
            String name = disk.path("disk").asString("");
            disks.add(name);
            identical &= stage.identical(
                    VirtualMachine.file(reference, name),
                    Path.of(disk.path("file").asString("")),
                    disk.path("format").asString(""));
        }
        assertThat(disks).containsExactlyInAnyOrderElementsOf(machine.disks());
        Stage.delete(target);
        return identical;
    }
}
