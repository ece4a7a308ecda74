package dev.tidemark.gateway.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tidemark.gateway.testkit.Covers;
import dev.tidemark.gateway.testkit.DiskImage;
import dev.tidemark.gateway.testkit.RawMonitor;
import dev.tidemark.schema.contract.ObservedBitmap;
import dev.tidemark.schema.crash.CrashPoint;
import dev.tidemark.schema.id.BitmapName;
import dev.tidemark.schema.id.OperationId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class SweepIT {

    private static final String OBJECTS = "{\"execute\":\"qom-list\",\"arguments\":{\"path\":\"/objects\"}}";

    private static void addSecret(Rig rig, String id) throws IOException {
        Path key = Files.writeString(rig.files.resolve("key"), "k".repeat(40));
        try (RawMonitor bystander = rig.bystander()) {
            bystander.execute("{\"execute\":\"object-add\",\"arguments\":{\"qom-type\":\"secret\",\"id\":\"" + id
                    + "\",\"file\":\"" + key + "\"}}");
        }
    }

    @Test
    @Covers({"#20", "#21", "#22", "export-outlives-job"})
    void leftovers_of_every_kind_go_and_what_is_not_ours_stays() throws IOException {
        try (Rig rig = new Rig(1)) {
            rig.awaitDisks();
            BitmapName kept = rig.checkpoint();
            rig.stopGateway();
            String operation = Operations.ulid();
            rig.coordinator.knows(new OperationId(operation));
            for (String name : new String[] {"t", "f"}) {
                DiskImage.createQcow2(rig.files.resolve(name), Rig.DISK_BYTES);
            }
            try (RawMonitor bystander = rig.bystander()) {
                open(bystander, rig, "tm-" + operation + "00", "t");
                open(bystander, rig, "foreign-target", "f");
                bystander.execute(
                        transaction(add("tm-tmp-" + operation, true) + "," + add("foreign-bitmap", false) + ","
                                + backup("tm-" + operation + "-0", "tm-" + operation + "00") + ","
                                + backup("foreign-job", "foreign-target")));
                bystander.execute("{\"execute\":\"block-export-add\",\"arguments\":{\"type\":\"nbd\",\"id\":\"tm-"
                        + operation + "-x\",\"node-name\":\"tm-" + operation + "00\",\"name\":\"ours\"}}");
            }
            addSecret(rig, "tm-" + operation + "-0123456789abcdef");
            addSecret(rig, "foreign-secret");
            Path partial = rig.repository.resolve(rig.machine.value()).resolve(Operations.ulid() + ".partial");
            Files.createDirectories(partial);
            Files.writeString(partial.resolve("d0.qcow2"), "half a backup");

            rig.restartGateway();
            rig.coordinator.lookNow();
            rig.assertNothingOfOursButBitmaps();
            await().atMost(Rig.TIME_MAX)
                    .untilAsserted(() -> assertThat(SecondOpinion.bitmaps(rig, 0))
                            .containsKeys(kept.value(), "foreign-bitmap")
                            .doesNotContainKey("tm-tmp-" + operation));
            // What was reported last may have been seen before the gateway stopped: QEMU itself is asked.
            try (RawMonitor bystander = rig.bystander()) {
                await().atMost(Rig.TIME_MAX).untilAsserted(() -> {
                    assertThat(bystander.execute("{\"execute\":\"query-jobs\"}").toString())
                            .contains("foreign-job")
                            .doesNotContain("tm-");
                    assertThat(bystander.execute(OBJECTS).toString())
                            .contains("foreign-secret")
                            .doesNotContain("tm-");
                    assertThat(bystander
                                    .execute("{\"execute\":\"query-block-exports\"}")
                                    .toString())
                            .contains("e-d0")
                            .doesNotContain("tm-");
                    assertThat(bystander
                                    .execute("{\"execute\":\"query-named-block-nodes\",\"arguments\":{\"flat\":true}}")
                                    .toString())
                            .contains("foreign-target")
                            .doesNotContain("tm-" + operation);
                });
            }
        }
    }

    @Test
    void what_another_installation_may_still_need_is_told_and_left_alone() throws IOException {
        try (Rig rig = new Rig(1)) {
            rig.awaitDisks();
            String foreign = Operations.ulid();
            addSecret(rig, "tm-" + foreign + "-0123456789abcdef");
            DiskImage.createQcow2(rig.files.resolve("t"), Rig.DISK_BYTES);
            try (RawMonitor bystander = rig.bystander()) {
                open(bystander, rig, "tm-" + foreign + "00", "t");
                bystander.execute(transaction(
                        add("tm-tmp-" + foreign, true) + "," + backup("tm-" + foreign + "-0", "tm-" + foreign + "00")));
            }
            int before = rig.coordinator.reports().size();
            rig.coordinator.lookNow();
            await().atMost(Rig.TIME_MAX)
                    .until(() -> rig.coordinator.reports().size() > before
                            && rig.coordinator
                                    .lastObserved()
                                    .filter(seen -> !seen.jobs().isEmpty())
                                    .isPresent());
            // and while the gateway works for its own log
            BitmapName own = rig.checkpoint();
            assertThat(SecondOpinion.bitmaps(rig, 0)).containsKeys(own.value(), "tm-tmp-" + foreign);
            try (RawMonitor bystander = rig.bystander()) {
                assertThat(bystander.execute(OBJECTS).toString()).contains("tm-" + foreign);
                assertThat(bystander.execute("{\"execute\":\"query-jobs\"}").toString())
                        .contains("tm-" + foreign + "-0")
                        .contains("running");
            }
        }
    }

    @Test
    void an_older_bitmap_that_records_as_well_is_switched_off() {
        try (Rig rig = new Rig(1)) {
            rig.awaitDisks();
            BitmapName older = rig.checkpoint();
            BitmapName newest = rig.checkpoint();
            bitmapCommand(rig, "block-dirty-bitmap-enable", older.value());
            rig.coordinator.lookNow();
            await().atMost(Rig.TIME_MAX).untilAsserted(() -> {
                assertThat(SecondOpinion.bitmap(rig, 0, older).recording()).isFalse();
                assertThat(SecondOpinion.bitmap(rig, 0, newest).recording()).isTrue();
            });
        }
    }

    /** Then nobody records, and the coordinator breaks the chain by what it is told (StrangersIT). */
    @Test
    void a_newest_one_that_is_switched_off_between_the_look_and_the_sweep_is_told_by_the_look_behind_it() {
        try (Rig rig = new Rig(1)) {
            rig.awaitDisks();
            BitmapName older = rig.checkpoint();
            BitmapName newest = rig.checkpoint();
            AtomicBoolean swept = new AtomicBoolean();
            rig.crash = point -> {
                if (point == CrashPoint.BEFORE_SWEEP && swept.compareAndSet(false, true)) {
                    bitmapCommand(rig, "block-dirty-bitmap-disable", newest.value());
                }
            };
            bitmapCommand(rig, "block-dirty-bitmap-enable", older.value());
            rig.coordinator.lookNow();
            rig.awaitSeen(seen -> seen.disks().getFirst().bitmaps().stream().noneMatch(ObservedBitmap::recording));
            assertThat(SecondOpinion.bitmap(rig, 0, older).recording()).isFalse();
            assertThat(SecondOpinion.bitmap(rig, 0, newest).recording()).isFalse();
        }
    }

    @Test
    void an_older_bitmap_that_records_is_left_alone_when_nothing_newer_does() {
        try (Rig rig = new Rig(1)) {
            rig.awaitDisks();
            BitmapName older = rig.checkpoint();
            BitmapName newest = rig.checkpoint();
            // in one transaction: a look between two commands finds both recording and rightly switches one off
            try (RawMonitor bystander = rig.bystander()) {
                bystander.execute(transaction(bitmapAction("block-dirty-bitmap-enable", older.value()) + ","
                        + bitmapAction("block-dirty-bitmap-disable", newest.value())));
            }
            int before = rig.coordinator.reports().size();
            rig.coordinator.lookNow();
            await().atMost(Rig.TIME_MAX).until(() -> rig.coordinator.reports().size() > before);
            assertThat(SecondOpinion.bitmap(rig, 0, older).recording()).isTrue();
            assertThat(SecondOpinion.bitmap(rig, 0, newest).recording()).isFalse();
        }
    }

    @Test
    void an_unwanted_bitmap_is_removed_and_an_unknown_one_is_not() {
        try (Rig rig = new Rig(1)) {
            rig.awaitDisks();
            BitmapName kept = rig.checkpoint();
            BitmapName unwanted = Operations.bitmap();
            BitmapName unknown = Operations.bitmap();
            try (RawMonitor bystander = rig.bystander()) {
                bystander.execute(transaction(add(unwanted.value(), false) + "," + add(unknown.value(), false)));
            }
            rig.coordinator.unwanted(rig.disk(0), unwanted);
            await().atMost(Rig.TIME_MAX)
                    .untilAsserted(() ->
                            assertThat(SecondOpinion.bitmaps(rig, 0)).containsOnlyKeys(kept.value(), unknown.value()));
            assertThat(SecondOpinion.bitmaps(rig, 0).values()).allMatch(ObservedBitmap::persistent);
        }
    }

    private static void bitmapCommand(Rig rig, String command, String bitmap) {
        try (RawMonitor bystander = rig.bystander()) {
            bystander.execute(
                    "{\"execute\":\"" + command + "\",\"arguments\":{\"node\":\"d0\",\"name\":\"" + bitmap + "\"}}");
        }
    }

    private static String bitmapAction(String command, String bitmap) {
        return "{\"type\":\"" + command + "\",\"data\":{\"node\":\"d0\",\"name\":\"" + bitmap + "\"}}";
    }

    private static void open(RawMonitor bystander, Rig rig, String node, String file) {
        bystander.execute("{\"execute\":\"blockdev-add\",\"arguments\":"
                + DiskImage.qcow2Blockdev(node, rig.files.resolve(file)) + "}");
    }

    private static String add(String name, boolean temporary) {
        return "{\"type\":\"block-dirty-bitmap-add\",\"data\":{\"node\":\"d0\",\"name\":\"" + name
                + "\",\"persistent\":" + !temporary + ",\"disabled\":" + temporary + "}}";
    }

    private static String backup(String job, String target) {
        return "{\"type\":\"blockdev-backup\",\"data\":{\"job-id\":\"" + job + "\",\"device\":\"d0\",\"target\":\""
                + target + "\",\"sync\":\"full\",\"speed\":1,\"auto-dismiss\":false}}";
    }

    private static String transaction(String actions) {
        return "{\"execute\":\"transaction\",\"arguments\":{\"actions\":[" + actions + "]}}";
    }
}
