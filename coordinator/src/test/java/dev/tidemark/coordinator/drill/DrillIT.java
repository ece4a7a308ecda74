package dev.tidemark.coordinator.drill;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.coordinator.cli.DrillOptions;
import dev.tidemark.coordinator.cli.show.OutputFormat;
import dev.tidemark.coordinator.dispatch.JobLimits;
import dev.tidemark.schema.crash.CrashPoint;
import dev.tidemark.schema.json.Json;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.RandomAccessFile;
import java.io.StringWriter;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.SortedMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** The quick set on real processes, and proof that it would tell a fault. */
@Timeout(1800)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class DrillIT {
    private static final long SEED = Long.getLong("tidemark.seed", System.nanoTime() & 0xffff_ffffL);

    /** Of all tests but the quick set, which has casts of its own; each leaves it with everybody at work. */
    private static @Nullable Cast shared;

    @TempDir
    private Path directory;

    private static Cast cast() throws IOException {
        Cast known = shared;
        if (known == null) {
            known = Cast.start(Optional.empty());
            shared = known;
        }
        return known;
    }

    @AfterAll
    static void close() {
        if (shared != null) {
            shared.close();
        }
    }

    @Test
    @Order(1)
    void the_quick_set_passes() throws IOException {
        // given
        Path html = directory.resolve("report.html");
        DrillOptions options = new DrillOptions(
                false,
                List.of(),
                false,
                OptionalInt.empty(),
                OptionalLong.of(SEED),
                OptionalInt.empty(),
                Optional.of(html),
                OutputFormat.JSON);
        StringWriter printed = new StringWriter();
        System.out.println("replay with -Dtidemark.seed=" + SEED);
        // when
        int code = Drill.run(
                options, "test", new PrintWriter(printed), new PrintWriter(System.out, true, StandardCharsets.UTF_8));
        // then
        JsonNode document = Json.MAPPER.readTree(printed.toString());
        assertThat(document.path("failed").asInt(-1)).as("%s", printed).isZero();
        assertThat(document.path("passed").asInt(-1))
                .isEqualTo(Scenarios.quick(SEED).size());
        assertThat(code).isZero();
        assertThat(Files.readString(html)).contains("full/");
    }

    /** Before there are other machines on the cast: whoever looks at one passes moments too. */
    @Test
    @Order(2)
    void every_moment_of_the_list_is_passed_in_its_workflow() throws Exception {
        Play play = new Play(cast(), SEED);
        for (Workflow workflow : Workflow.values()) {
            // when
            Map<CrashPoint, Integer> passed = play.survey(workflow);
            // then
            for (Moment moment : workflow.moments()) {
                assertThat(passed.getOrDefault(moment.point(), 0))
                        .as("%s in %s: %s", moment, workflow, passed)
                        .isGreaterThanOrEqualTo(moment.passage());
            }
        }
    }

    @Test
    @Order(3)
    void a_batch_tells_the_machine_that_is_wrong_and_judges_the_others_by_themselves() throws Exception {
        Cast cast = cast();
        // given: a point that its workflow does not pass, between two that are passed
        List<Scenario> scenarios = Stream.of(
                        "create/BEFORE_TRANSACTION/gateway",
                        "create/RENAMED/gateway",
                        "incremental/AFTER_TRANSACTION/gateway")
                .map(name -> Scenario.parsed(name).orElseThrow())
                .toList();
        Batch batch = new Batch(cast, SEED);
        // when
        List<Result> results = batch.play(scenarios);
        // then
        assertThat(results)
                .extracting(Result::verdict)
                .containsExactly(Result.Verdict.PASS, Result.Verdict.FAIL, Result.Verdict.PASS);
        assertThat(results.get(1).detail()).contains("did not pass");
        assertThat(results.get(0).course().held()).contains(Invariant.NEXT_BACKUP_RIGHT);

        // given: nobody starts what was killed, and nobody answers any more
        cast.kill(Set.of(Victim.COORDINATOR));
        try {
            // when, then: none of them is called right
            assertThat(batch.play(scenarios)).allMatch(Result::isFailed);
        } finally {
            cast.startAgain(Set.of(Victim.COORDINATOR));
            // The batch has killed it as well, and started it while nobody was there to serve.
            cast.kill(Set.of(Victim.GATEWAY));
            cast.startAgain(Set.of(Victim.GATEWAY));
        }
    }

    @Test
    @Order(4)
    void a_batch_may_stand_still_in_more_backups_than_a_host_works_at() throws Exception {
        // given
        Scenario scenario = Scenario.parsed("full/NAME_SYNCED/gateway").orElseThrow();
        List<Scenario> scenarios = Collections.nCopies(JobLimits.DEFAULT.perHost() + 1, scenario);
        // when
        List<Result> results = new Batch(cast(), SEED).play(scenarios);
        // then
        assertThat(results).hasSameSizeAs(scenarios).noneMatch(Result::isFailed);
    }

    @Test
    @Order(5)
    void each_invariant_has_a_twin_that_goes_red() throws Exception {
        Cast cast = cast();
        Random random = new Random(SEED);
        DrillMachine machine = cast.newMachine(random);
        Play play = new Play(cast, SEED);
        play.furnish(machine, 2);
        Judge judge = new Judge(cast, machine);
        // given: everything holds
        judge.converged();
        judge.guestThawed(cast.log());
        judge.qemuAgrees();
        judge.nothingUnfinished();
        judge.backupsRestore();
        SortedMap<Long, String> log = cast.log();
        judge.logKept(log);

        // a point that the workflow does not pass
        Scenario never = Scenario.parsed("create/RENAMED/gateway").orElseThrow();
        assertThatThrownBy(() -> play.run(never)).isInstanceOf(Broken.class).hasMessageContaining("did not pass");
        // a row of the log that was there once
        log.put(Long.MAX_VALUE, "an acknowledged event");
        assertRed(Invariant.LOG_KEPT, () -> judge.logKept(log));
        // an operation that was acknowledged and is not known
        JsonNode lost = Json.MAPPER.valueToTree(Map.of("id", "01ARZ3NDEKTSV4RRFFQ69G5FAV"));
        assertRed(Invariant.ACKNOWLEDGED_ENDED, () -> judge.acknowledged(Optional.of(lost), cast.log()));
        // an acknowledged operation whose rows are taken out of a copy of the log
        JsonNode operation = cast.service()
                .get("vms", machine.name(), "operations")
                .path("operations")
                .path(0);
        SortedMap<Long, String> rows = cast.log();
        judge.acknowledged(Optional.of(operation), rows);
        rows.values().removeIf(row -> row.contains(operation.path("id").asString("?")));
        assertRed(Invariant.ACKNOWLEDGED_ENDED, () -> judge.acknowledged(Optional.of(operation), rows));
        // a guest that somebody has left frozen
        try (SocketChannel agent = SocketChannel.open(UnixDomainSocketAddress.of(machine.qgaSocket()))) {
            agent.write(StandardCharsets.UTF_8.encode("{\"execute\":\"guest-fsfreeze-freeze\"}\n"));
            agent.read(ByteBuffer.allocate(100));
            assertRed(Invariant.GUEST_THAWED, () -> judge.guestThawed(cast.log()));
            agent.write(StandardCharsets.UTF_8.encode("{\"execute\":\"guest-fsfreeze-thaw\"}\n"));
            agent.read(ByteBuffer.allocate(100));
        }
        judge.guestThawed(cast.log());
        // a freeze of which the log does not say that it has ended
        SortedMap<Long, String> open = cast.log();
        open.put(Long.MAX_VALUE, "guest-freeze-begun.v1 " + cast.idOf(machine));
        assertRed(Invariant.GUEST_THAWED, () -> judge.guestThawed(open));
        // a node with our prefix
        machine.execute("{\"execute\":\"blockdev-add\",\"arguments\":{\"driver\":\"null-co\",\"node-name\":\"tm-x\"}}");
        assertRed(Invariant.NOTHING_LEFT, judge::qemuAgrees);
        machine.execute("{\"execute\":\"blockdev-del\",\"arguments\":{\"node-name\":\"tm-x\"}}");
        judge.qemuAgrees();
        // an export with our prefix
        machine.execute("{\"execute\":\"block-export-add\",\"arguments\":"
                + "{\"type\":\"nbd\",\"id\":\"tm-x\",\"node-name\":\"d0\",\"name\":\"x\"}}");
        assertRed(Invariant.NOTHING_LEFT, judge::qemuAgrees);
        machine.execute("{\"execute\":\"block-export-del\",\"arguments\":{\"id\":\"tm-x\"}}");
        // a pull backup that serves what the guest has now
        JsonNode live = Json.MAPPER.valueToTree(Map.of(
                "id",
                "x",
                "disks",
                DrillMachine.diskNames().stream().map(machine::live).toList()));
        PullClient client = new PullClient(cast.service(), machine);
        Path moment = machine.content();
        client.read(live, moment);
        machine.write();
        assertRed(Invariant.BACKUPS_RESTORE, () -> client.read(live, moment));
        // a bitmap that the log does not have
        String bitmap = "\"arguments\":{\"node\":\"d0\",\"name\":\"stranger\"}}";
        machine.execute("{\"execute\":\"block-dirty-bitmap-add\"," + bitmap);
        assertRed(Invariant.CHAIN_AGREES, judge::qemuAgrees);
        machine.execute("{\"execute\":\"block-dirty-bitmap-remove\"," + bitmap);
        // an unfinished backup
        Path partial = Files.createDirectory(cast.repository(machine).resolve("01ARZ3NDEKTSV4RRFFQ69G5FAV.partial"));
        assertRed(Invariant.NO_UNFINISHED_FILES, judge::nothingUnfinished);
        Files.delete(partial);
        // a backup that holds something else than the disks did
        Path content = machine.content();
        machine.write();
        Path later = machine.content();
        assertThat(DrillMachine.same(content, later)).isFalse();
        Map<String, List<Path>> kept = Map.copyOf(machine.contents());
        machine.remember(kept.keySet().iterator().next(), later);
        assertRed(Invariant.BACKUPS_RESTORE, judge::backupsRestore);
        kept.forEach((backup, contents) -> machine.remember(backup, contents.getFirst()));
        judge.backupsRestore();
        // a byte of a backup that is another one, and a backup that the log has forgotten
        changeAByte(cast, machine);
        assertRed(Invariant.BACKUPS_RESTORE, judge::backupsRestore);
        changeAByte(cast, machine);
        judge.backupsRestore();
        machine.remember("01ARZ3NDEKTSV4RRFFQ69G5FAV", content);
        assertRed(Invariant.BACKUPS_RESTORE, judge::backupsRestore);
        machine.contents().remove("01ARZ3NDEKTSV4RRFFQ69G5FAV");
        // an incremental on a bitmap that is said to have been in a QEMU that was killed, and on one that is not
        // there
        assertRed(Invariant.NO_INCREMENTAL_ON_LOST_EVIDENCE, () -> judge.nextBackupRight(machine.unbroken()));
        JsonNode chain = cast.service().get("vms", machine.name(), "chain");
        JsonNode backups = cast.service().get("vms", machine.name(), "backups").path("backups");
        JsonNode incremental = Json.MAPPER.valueToTree(
                Map.of("disks", List.of(Map.of("disk", "d0", "kind", "INCREMENTAL", "since", sinceOf(chain)))));
        assertThat(backups.size()).isGreaterThan(2);
        new Evidence(machine.unbroken(), Map.of()).carries(incremental, chain);
        assertRed(
                Invariant.NO_INCREMENTAL_ON_LOST_EVIDENCE,
                () -> new Evidence(Map.of(), Map.of()).carries(incremental, chain));
        assertRed(
                Invariant.NO_INCREMENTAL_ON_LOST_EVIDENCE,
                () -> new Evidence(machine.unbroken(), Map.of()).carries(incremental, Json.MAPPER.createObjectNode()));
        // a write behind a bitmap that is switched off around it
        judge.nextBackupRight(Map.of());
        cast.unseen(() -> hideAWrite(cast, machine));
        assertRed(Invariant.NEXT_BACKUP_RIGHT, () -> judge.nextBackupRight(Map.of()));
        // nobody looks at the machine any more
        cast.kill(Set.of(Victim.GATEWAY), machine);
        try {
            assertRed(Invariant.CONVERGED, () -> new Judge(cast, machine, 1_000).converged());
        } finally {
            cast.startAgain(Set.of(Victim.GATEWAY), machine);
        }
    }

    private static void hideAWrite(Cast cast, DrillMachine machine) throws IOException {
        for (JsonNode disk : cast.service().get("vms", machine.name(), "chain").path("disks")) {
            String target = "\"arguments\":{\"node\":\"" + disk.path("disk").asString("") + "\",\"name\":\""
                    + last(disk.path("bitmaps")).path("name").asString("") + "\"}}";
            machine.execute("{\"execute\":\"block-dirty-bitmap-disable\"," + target);
            machine.fill(disk.path("disk").asString(""));
            machine.execute("{\"execute\":\"block-dirty-bitmap-enable\"," + target);
        }
    }

    /** Twice is as good as never. */
    private static void changeAByte(Cast cast, DrillMachine machine) throws IOException {
        String first = machine.contents().keySet().iterator().next();
        Path image = cast.repository(machine).resolve(first).resolve("d0.qcow2");
        try (RandomAccessFile file = new RandomAccessFile(image.toFile(), "rw")) {
            // The last cluster of a small image holds data of the guest.
            long place = file.length() - 1;
            file.seek(place);
            int held = file.read();
            file.seek(place);
            file.write(held ^ 0xff);
        }
    }

    private static String sinceOf(JsonNode chain) {
        return chain.path("disks")
                .path(0)
                .path("bitmaps")
                .path(0)
                .path("checkpoint")
                .asString("");
    }

    private static JsonNode last(JsonNode list) {
        return list.path(list.size() - 1);
    }

    private interface Act {
        void run() throws Exception;
    }

    private static void assertRed(Invariant invariant, Act act) {
        assertThatThrownBy(act::run).isInstanceOf(Broken.class).hasMessageStartingWith(invariant.name());
    }
}
