package dev.tidemark.gateway.reconcile;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.tidemark.gateway.act.QemuNames;
import dev.tidemark.gateway.testkit.Covers;
import dev.tidemark.gateway.testkit.DiskImage;
import dev.tidemark.gateway.testkit.RawMonitor;
import dev.tidemark.schema.contract.Outcome;
import dev.tidemark.schema.contract.Outcome.Evidence.Stored;
import dev.tidemark.schema.contract.Progress;
import dev.tidemark.schema.contract.PushBackupOperation;
import dev.tidemark.schema.contract.VerifyOperation;
import dev.tidemark.schema.crash.CrashHook;
import dev.tidemark.schema.crash.CrashPoint;
import dev.tidemark.schema.event.BackupCheckpoint;
import dev.tidemark.schema.event.BackupKind;
import dev.tidemark.schema.event.FailureCode;
import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.BitmapName;
import dev.tidemark.schema.id.RepositoryName;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(300)
class BackupIT {
    /** The last granule of the disk, which every bitmap marks from its birth on. */
    private static final long CANARY = 65536;

    @Test
    void a_full_and_an_incremental_backup_restore_to_what_was_there_at_their_moments() {
        try (Rig rig = new Rig(1)) {
            rig.awaitDisks();
            rig.write(0, 0x11, 0, 4 << 20);
            BackupCheckpoint first = Operations.checkpoint("first");
            PushBackupOperation full = Operations.backup(
                    Optional.of(first), OptionalLong.empty(), Operations.full(rig.disk(0), true, Optional.empty()));
            byte[] atFull = rig.content(0);
            Stored storedFull = rig.stored(full);
            assertThat(storedFull.disks()).singleElement().satisfies(disk -> {
                assertThat(disk.kind()).isEqualTo(BackupKind.FULL);
                assertThat(disk.virtualSize()).isEqualTo(Rig.DISK_BYTES);
            });

            rig.write(0, 0x22, 1 << 20, 1 << 20);
            rig.write(0, 0x33, 10 << 20, 65536);
            byte[] atIncremental = rig.content(0);
            BackupCheckpoint second = Operations.checkpoint("second");
            PushBackupOperation incremental = Operations.backup(
                    Optional.of(second),
                    OptionalLong.empty(),
                    Operations.incremental(rig.disk(0), full.backup(), List.of(BitmapName.of(first.id())), true));
            Stored storedIncremental = rig.stored(incremental);
            assertThat(storedIncremental.disks().getFirst().bytes()).isEqualTo((1 << 20) + 65536 + CANARY);

            rig.write(0, 0x44, 0, 1 << 20);
            assertThat(Rig.same(rig.restored(full.backup(), 0), atFull)).isTrue();
            assertThat(Rig.same(rig.restored(incremental.backup(), 0), atIncremental))
                    .isTrue();
            assertThat(Rig.same(atFull, atIncremental)).isFalse();
            rig.assertNothingOfOursButBitmaps();
        }
    }

    @Test
    @Covers({"S2", "S3"})
    void two_disks_one_full_and_one_incremental_share_one_moment_while_both_are_written() {
        try (Rig rig = new Rig(2)) {
            rig.awaitDisks();
            BackupCheckpoint first = Operations.checkpoint("first");
            PushBackupOperation full = Operations.backup(
                    Optional.of(first),
                    OptionalLong.empty(),
                    Operations.full(rig.disk(0), true, Optional.empty()),
                    Operations.full(rig.disk(1), true, Optional.empty()));
            rig.stored(full);
            BitmapName since = BitmapName.of(first.id());
            PushBackupOperation mixed;
            try (Writer writer = Writer.start(rig)) {
                writer.awaitWrites(3);
                mixed = Operations.backup(
                        Optional.of(Operations.checkpoint("second")),
                        OptionalLong.empty(),
                        Operations.incremental(rig.disk(0), full.backup(), List.of(since), true),
                        Operations.full(rig.disk(1), true, Optional.of(since)));
                rig.stored(mixed);
                writer.awaitWrites(3);
            }
            // The writer puts a number on the first disk, and after it the same on the second.
            byte one = rig.restored(mixed.backup(), 0)[0];
            byte other = rig.restored(mixed.backup(), 1)[0];
            assertThat(Writer.lead(one, other)).isBetween(0, 1);
            assertThat(one).isNotZero();
        }
    }

    @Test
    void a_chain_of_incrementals_under_random_writes_restores_to_every_moment() {
        try (Rig rig = new Rig(1)) {
            rig.awaitDisks();
            Random random = new Random(20261120);
            List<BackupId> backups = new ArrayList<>();
            List<byte[]> contents = new ArrayList<>();
            BitmapName since = null;
            for (int round = 0; round < 5; round++) {
                for (int write = 0; write < 4; write++) {
                    long length = 4096L * (1 + random.nextInt(64));
                    long offset = 4096L * random.nextInt((int) ((Rig.DISK_BYTES - length) / 4096));
                    rig.write(0, 1 + random.nextInt(255), offset, length);
                }
                contents.add(rig.content(0));
                BackupCheckpoint checkpoint = Operations.checkpoint("round-" + round);
                PushBackupOperation backup = Operations.backup(
                        Optional.of(checkpoint),
                        OptionalLong.empty(),
                        since == null
                                ? Operations.full(rig.disk(0), true, Optional.empty())
                                : Operations.incremental(rig.disk(0), backups.getLast(), List.of(since), true));
                rig.stored(backup);
                backups.add(backup.backup());
                since = BitmapName.of(checkpoint.id());
            }
            for (int round = 0; round < 5; round++) {
                assertThat(Rig.same(rig.restored(backups.get(round), 0), contents.get(round)))
                        .as("round %d", round)
                        .isTrue();
            }
        }
    }

    @Test
    void an_incremental_whose_parent_is_not_there_is_refused_before_anything_is_begun() {
        try (Rig rig = new Rig(1)) {
            rig.awaitDisks();
            BitmapName since = rig.checkpoint();
            PushBackupOperation operation = Operations.backup(
                    Optional.of(Operations.checkpoint("second")),
                    OptionalLong.empty(),
                    Operations.incremental(rig.disk(0), Operations.backupId(), List.of(since), true));
            assertRefused(rig.run(operation), FailureCode.BASE_BACKUP_MISSING);
            assertThat(SecondOpinion.bitmaps(rig, 0)).containsOnlyKeys(since.value());
            rig.assertNothingOfOursButBitmaps();
        }
    }

    @Test
    void a_repository_that_is_not_known_or_not_there_is_refused_before_anything_is_begun() throws IOException {
        try (Rig rig = new Rig(1)) {
            rig.awaitDisks();
            PushBackupOperation somewhere = full(rig, OptionalLong.empty());
            PushBackupOperation unknown = new PushBackupOperation(
                    somewhere.id(),
                    somewhere.backup(),
                    new RepositoryName("elsewhere"),
                    somewhere.checkpoint(),
                    somewhere.disks(),
                    somewhere.bytesPerSecondMax(),
                    somewhere.compression(),
                    somewhere.requestedAt(),
                    false,
                    false);
            assertRefused(rig.run(unknown), FailureCode.REPOSITORY_UNKNOWN);
            Files.delete(rig.repository);
            assertRefused(rig.run(full(rig, OptionalLong.empty())), FailureCode.REPOSITORY_FAILED);
            assertThat(SecondOpinion.bitmaps(rig, 0)).isEmpty();
            rig.assertNothingOfOursButBitmaps();
        }
    }

    @Test
    @Covers("#24")
    void a_target_that_runs_full_ends_the_backup_and_spares_the_guest() {
        try (Rig rig = new Rig(1)) {
            rig.awaitDisks();
            rig.write(0, 0x11, 0, 8 << 20);
            PushBackupOperation operation = full(rig, OptionalLong.of(1 << 18));
            rig.coordinator.ask(operation);
            rig.awaitSeen(seen -> !seen.jobs().isEmpty());
            try (RawMonitor bystander = rig.bystander()) {
                breakTarget(bystander, operation, "{\"event\":\"none\",\"iotype\":\"write\",\"errno\":28}");
            }
            rig.limit(OptionalLong.empty());
            assertThat(rig.outcome(operation.id())).isInstanceOfSatisfying(Outcome.Refused.class, refused -> {
                assertThat(refused.code()).isEqualTo(FailureCode.JOB_FAILED);
                assertThat(refused.detail()).contains("No space left");
                assertThat(refused.disk()).contains(rig.disk(0));
            });
            rig.write(0, 0x22, 0, 8 << 20);
            takeAway(rig, "broken");
            rig.assertNothingOfOursButBitmaps();
        }
    }

    @Test
    void a_target_that_hangs_ends_the_backup_by_name_as_soon_as_qemu_lets_go_of_it_and_no_bit_is_lost() {
        try (Rig rig = new Rig(1)) {
            rig.awaitDisks();
            BackupCheckpoint first = Operations.checkpoint("first");
            PushBackupOperation base = Operations.backup(
                    Optional.of(first), OptionalLong.empty(), Operations.full(rig.disk(0), true, Optional.empty()));
            rig.stored(base);
            rig.restartGateway(Duration.ofSeconds(1));
            AtomicBoolean cancelled = new AtomicBoolean();
            rig.crash = point -> {
                if (point == CrashPoint.AFTER_CANCEL) {
                    cancelled.set(true);
                }
            };
            Instant begun = Instant.now();
            rig.write(0, 0x11, 0, 8 << 20);
            PushBackupOperation operation = full(rig, OptionalLong.of(1 << 18));
            rig.coordinator.ask(operation);
            await().atMost(Rig.TIME_MAX)
                    .until(() -> rig.coordinator.progress().stream()
                            .anyMatch(progress ->
                                    progress.operation().equals(operation.id()) && progress.bytesDone() > 0));
            try (RawMonitor bystander = rig.bystander()) {
                String file = hangTarget(bystander, operation);
                rig.limit(OptionalLong.empty());
                // QEMU shows a job that is to end as running until its last write has come back.
                await().atMost(Rig.TIME_MAX).untilTrue(cancelled);
                // What was copied already the guest writes without the target.
                rig.write(0, 0x22, 0, 65536);
                assertThat(rig.coordinator.outcome(operation.id())).isEmpty();
                assertThat(rig.coordinator.progress().getLast().stall()).hasValueSatisfying(stall -> {
                    assertThat(stall.since()).isBetween(begun, Instant.now().minusSeconds(1));
                    assertThat(stall.awaited())
                            .contains("JOB_STALLED", "nothing was copied for PT1S", "until the last write");
                });
                release(bystander, file);
            }
            assertThat(rig.outcome(operation.id())).isInstanceOfSatisfying(Outcome.Refused.class, refused -> {
                assertThat(refused.code()).isEqualTo(FailureCode.JOB_STALLED);
                assertThat(refused.detail()).contains("nothing was copied for PT1S");
                assertThat(refused.disk()).contains(rig.disk(0));
            });
            takeAway(rig, "hanging");
            byte[] now = rig.content(0);
            PushBackupOperation next = Operations.backup(
                    Optional.of(Operations.checkpoint("second")),
                    OptionalLong.empty(),
                    Operations.incremental(rig.disk(0), base.backup(), List.of(BitmapName.of(first.id())), true));
            rig.stored(next);
            assertThat(Rig.same(rig.restored(next.backup(), 0), now)).isTrue();
            rig.assertNothingOfOursButBitmaps();
        }
    }

    @Test
    void a_repository_that_hangs_while_it_is_read_back_is_told_and_ends_the_backup_by_name_once_the_reader_has_ended() {
        try (Rig rig = new Rig(1)) {
            rig.awaitDisks();
            rig.restartGateway(Duration.ofMillis(500));
            rig.write(0, 0x11, 0, 1 << 20);
            // A job with a limit is given more patience, so that it is the reader alone that can be found to hang.
            PushBackupOperation operation = full(rig, OptionalLong.of(1 << 21));
            CountDownLatch answers = new CountDownLatch(1);
            rig.crash = point -> {
                if (point == CrashPoint.DIGESTS_READ) {
                    hang(answers);
                }
            };
            rig.coordinator.ask(operation);
            // A slow medium is told as well, before anything is read back.
            await().atMost(Rig.TIME_MAX)
                    .until(() -> rig.coordinator.progress().stream()
                            .flatMap(told -> told.stall().stream())
                            .anyMatch(stall -> stall.awaited().contains("nothing was read back")));
            Progress told = rig.coordinator.progress().getLast();
            assertThat(told.phase()).isEqualTo("digest");
            assertThat(told.stall().orElseThrow().awaited()).contains("nothing was read back", "has not answered yet");
            // It could still give the files their name: nobody says that there is no backup.
            assertThat(rig.coordinator.outcome(operation.id())).isEmpty();
            assertThat(rig.partialDirectories()).hasSize(1);
            answers.countDown();
            assertThat(rig.outcome(operation.id())).isInstanceOfSatisfying(Outcome.Refused.class, refused -> {
                assertThat(refused.code()).isEqualTo(FailureCode.JOB_STALLED);
                assertThat(refused.detail()).contains("nothing was read back from the repository for PT0.5S");
            });
            rig.crash = CrashHook.NONE;
            rig.assertNothingOfOursButBitmaps();
            rig.restartGateway();
            rig.stored(full(rig, OptionalLong.empty()));
        }
    }

    @Test
    void a_job_that_somebody_paused_ends_the_backup_by_name_although_the_other_disk_was_copied() {
        try (Rig rig = new Rig(2)) {
            rig.awaitDisks();
            rig.restartGateway(Duration.ofSeconds(4));
            rig.write(0, 0x11, 0, 8 << 20);
            rig.write(1, 0x12, 0, 8 << 20);
            PushBackupOperation operation = Operations.backup(
                    Optional.empty(),
                    OptionalLong.of(1 << 20),
                    Operations.full(rig.disk(0), false, Optional.empty()),
                    Operations.full(rig.disk(1), false, Optional.empty()));
            rig.coordinator.ask(operation);
            rig.awaitSeen(seen -> seen.jobs().size() == 2);
            try (RawMonitor bystander = rig.bystander()) {
                bystander.execute("{\"execute\":\"job-pause\",\"arguments\":{\"id\":\""
                        + QemuNames.job(operation.id(), 1) + "\"}}");
            }
            rig.limit(OptionalLong.empty());
            assertThat(rig.outcome(operation.id())).isInstanceOfSatisfying(Outcome.Refused.class, refused -> {
                assertThat(refused.code()).isEqualTo(FailureCode.JOB_STALLED);
                assertThat(refused.detail()).contains("the job was paused");
                assertThat(refused.disk()).contains(rig.disk(1));
            });
            rig.assertNothingOfOursButBitmaps();
        }
    }

    @Test
    void a_speed_that_is_changed_while_jobs_run_is_that_of_every_job() {
        try (Rig rig = new Rig(2)) {
            rig.awaitDisks();
            rig.write(0, 0x11, 0, 8 << 20);
            rig.write(1, 0x12, 0, 8 << 20);
            PushBackupOperation operation = Operations.backup(
                    Optional.empty(),
                    OptionalLong.of(1 << 18),
                    Operations.full(rig.disk(0), false, Optional.empty()),
                    Operations.full(rig.disk(1), false, Optional.empty()));
            rig.coordinator.ask(operation);
            rig.awaitSeen(seen -> seen.jobs().size() == 2);
            assertThat(rig.speeds()).containsExactly(1L << 18, 1L << 18);
            for (long speed : new long[] {1 << 19, 1 << 17}) {
                rig.limit(OptionalLong.of(speed));
                await().atMost(Rig.TIME_MAX).until(() -> rig.speeds().equals(List.of(speed, speed)));
            }
            // A stranger's wish is not ours.
            try (RawMonitor bystander = rig.bystander()) {
                bystander.execute("{\"execute\":\"block-job-set-speed\",\"arguments\":{\"device\":\""
                        + QemuNames.job(operation.id(), 0) + "\",\"speed\":1}}");
            }
            await().atMost(Rig.TIME_MAX).until(() -> rig.speeds().equals(List.of(1L << 17, 1L << 17)));
            assertThat(rig.coordinator.outcome(operation.id())).isEmpty();
            rig.limit(OptionalLong.empty());
            assertThat(rig.outcome(operation.id())).isInstanceOf(Outcome.Done.class);
            rig.assertNothingOfOursButBitmaps();
        }
    }

    @Test
    void a_target_is_written_past_the_page_cache_of_the_host() {
        try (Rig rig = new Rig(1)) {
            rig.awaitDisks();
            rig.write(0, 0x11, 0, 8 << 20);
            PushBackupOperation operation = Operations.backup(
                    Optional.empty(), OptionalLong.of(1 << 18), Operations.full(rig.disk(0), false, Optional.empty()));
            rig.coordinator.ask(operation);
            rig.awaitSeen(seen -> seen.jobs().size() == 1);
            try (RawMonitor bystander = rig.bystander()) {
                assertThat(bystander
                                .execute("{\"execute\":\"query-named-block-nodes\",\"arguments\":{\"flat\":true}}")
                                .toString())
                        .containsPattern("\"direct\":true[^}]*}[^{}]*\"file\":\"[^\"]*" + operation.backup());
            }
            rig.limit(OptionalLong.empty());
            assertThat(rig.outcome(operation.id())).isInstanceOf(Outcome.Done.class);
        }
    }

    /**
     * The job concludes without error while its last table entries are still in QEMU's cache, and QEMU's blockdev-del tells
     * only stderr that they could not be written: without the flush before it, a file that lacks them would be a backup.
     */
    @Test
    void a_target_that_cannot_be_flushed_is_no_backup() {
        try (Rig rig = new Rig(1)) {
            rig.awaitDisks();
            rig.write(0, 0x11, 0, 8 << 20);
            PushBackupOperation operation = full(rig, OptionalLong.of(1 << 18));
            rig.coordinator.ask(operation);
            await().atMost(Rig.TIME_MAX)
                    .until(() -> rig.coordinator.progress().stream().anyMatch(progress -> progress.bytesDone() > 0));
            try (RawMonitor bystander = rig.bystander()) {
                breakTarget(bystander, operation, "{\"event\":\"l2_update\",\"errno\":5}");
            }
            rig.limit(OptionalLong.empty());
            assertThat(rig.outcome(operation.id())).isInstanceOfSatisfying(Outcome.Refused.class, refused -> {
                assertThat(refused.code()).isEqualTo(FailureCode.JOB_FAILED);
                assertThat(refused.detail()).contains("could not be flushed");
            });
            takeAway(rig, "broken");
            rig.assertNothingOfOursButBitmaps();
        }
    }

    /** The transaction names the old top node and succeeds: the backup would lack what goes to the new layer (hazard S5). */
    @Test
    void a_snapshot_between_the_look_and_the_moment_makes_the_backup_none() {
        try (Rig rig = new Rig(1)) {
            rig.awaitDisks();
            rig.crash = point -> {
                if (point == CrashPoint.BEFORE_TRANSACTION) {
                    snapshot(rig);
                }
            };
            PushBackupOperation operation = full(rig, OptionalLong.empty());
            assertRefused(rig.run(operation), FailureCode.EVIDENCE_CHANGED);
            assertThat(rig.repository
                            .resolve(rig.machine.value())
                            .resolve(operation.backup().value()))
                    .doesNotExist();
            rig.assertNothingOfOursButBitmaps();
        }
    }

    @Test
    void what_is_asked_of_the_repository_does_not_wait_for_the_end_of_a_backup() {
        try (Rig rig = new Rig(1)) {
            rig.awaitDisks();
            rig.write(0, 0x11, 0, 8 << 20);
            PushBackupOperation slow = full(rig, OptionalLong.of(64 << 10));
            rig.coordinator.ask(slow);
            rig.awaitSeen(seen -> !seen.jobs().isEmpty());
            VerifyOperation verify = new VerifyOperation(Operations.operation(), slow.backup(), Operations.REPOSITORY);
            rig.coordinator.ask(verify);
            assertThat(rig.outcome(verify.id())).isNotNull();
            assertThat(rig.coordinator.outcome(slow.id())).isEmpty();
        }
    }

    /** What a failed flush lost is not flushed by a second one, which succeeds: the verdict is kept until it is recorded. */
    @Test
    void a_flush_that_failed_once_is_no_backup_even_if_the_word_of_it_was_overtaken() {
        try (Rig rig = new Rig(1)) {
            rig.awaitDisks();
            rig.write(0, 0x11, 0, 8 << 20);
            PushBackupOperation operation = full(rig, OptionalLong.of(1 << 18));
            rig.coordinator.ask(operation);
            await().atMost(Rig.TIME_MAX)
                    .until(() -> rig.coordinator.progress().stream().anyMatch(progress -> progress.bytesDone() > 0));
            rig.coordinator.overtakeNextOutcome();
            try (RawMonitor bystander = rig.bystander()) {
                breakTarget(
                        bystander, operation, "{\"event\":\"none\",\"iotype\":\"flush\",\"errno\":5,\"once\":true}");
            }
            rig.limit(OptionalLong.empty());
            assertThat(rig.outcome(operation.id())).isInstanceOfSatisfying(Outcome.Refused.class, refused -> {
                assertThat(refused.code()).isEqualTo(FailureCode.JOB_FAILED);
                assertThat(refused.detail()).contains("could not be flushed");
            });
            takeAway(rig, "broken");
            rig.assertNothingOfOursButBitmaps();
        }
    }

    private static void snapshot(Rig rig) {
        DiskImage.createQcow2(rig.files.resolve("overlay"), Rig.DISK_BYTES);
        try (RawMonitor bystander = rig.bystander()) {
            bystander.execute("{\"execute\":\"blockdev-add\",\"arguments\":{\"driver\":\"qcow2\",\"node-name\":\"ov\","
                    + "\"backing\":null,\"file\":{\"driver\":\"file\",\"filename\":\"" + rig.files.resolve("overlay")
                    + "\"}}}");
            bystander.execute("{\"execute\":\"blockdev-snapshot\",\"arguments\":{\"node\":\"d0\",\"overlay\":\"ov\"}}");
        }
    }

    /** Puts a layer that fails between the target and its file. */
    private static void breakTarget(RawMonitor bystander, PushBackupOperation operation, String rule) {
        String target = QemuNames.targetNode(operation.id(), 0);
        bystander.execute(
                "{\"execute\":\"blockdev-add\",\"arguments\":{\"driver\":\"blkdebug\",\"node-name\":\"broken\","
                        + "\"image\":\"" + fileOf(bystander, target) + "\",\"inject-error\":[" + rule + "]}}");
        putBelow(bystander, target, "broken");
    }

    /** What the bystander put there the bystander takes away, once the target does not stand on it any more. */
    private static void takeAway(Rig rig, String layer) {
        try (RawMonitor bystander = rig.bystander()) {
            await().atMost(Rig.TIME_MAX)
                    .until(() -> bystander
                            .ask("{\"execute\":\"blockdev-del\",\"arguments\":{\"node-name\":\"" + layer + "\"}}")
                            .has("return"));
        }
    }

    /** As in the kernel: no interrupt ends it, and one that came meanwhile is seen after it. */
    private static void hang(CountDownLatch until) {
        boolean interrupted = false;
        while (until.getCount() > 0) {
            try {
                until.await();
            } catch (InterruptedException stopped) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    /** Puts a layer between the target and its file that lets one write through, and the next in some weeks; gives the file's node. */
    private static String hangTarget(RawMonitor bystander, PushBackupOperation operation) {
        String target = QemuNames.targetNode(operation.id(), 0);
        String file = fileOf(bystander, target);
        for (String group : List.of("\"hung\",\"limits\":{\"bps-write\":1}", "\"free\"")) {
            bystander.execute("{\"execute\":\"object-add\",\"arguments\":{\"qom-type\":\"throttle-group\",\"id\":"
                    + group + "}}");
        }
        bystander.execute(
                "{\"execute\":\"blockdev-add\",\"arguments\":{\"driver\":\"throttle\",\"node-name\":\"hanging\","
                        + "\"throttle-group\":\"hung\",\"file\":\"" + file + "\"}}");
        putBelow(bystander, target, "hanging");
        return file;
    }

    private static void release(RawMonitor bystander, String file) {
        bystander.execute("{\"execute\":\"blockdev-reopen\",\"arguments\":{\"options\":[{\"driver\":\"throttle\","
                + "\"node-name\":\"hanging\",\"throttle-group\":\"free\",\"file\":\"" + file + "\"}]}}");
    }

    private static String fileOf(RawMonitor bystander, String target) {
        String file = "";
        var graph = bystander.execute("{\"execute\":\"x-debug-query-block-graph\"}");
        Map<Integer, String> names = new HashMap<>();
        graph.path("nodes")
                .forEach(node ->
                        names.put(node.path("id").intValue(), node.path("name").stringValue()));
        for (var edge : graph.path("edges")) {
            if (target.equals(names.get(edge.path("parent").intValue()))
                    && edge.path("name").stringValue().equals("file")) {
                file = names.getOrDefault(edge.path("child").intValue(), "");
            }
        }
        return file;
    }

    private static void putBelow(RawMonitor bystander, String target, String layer) {
        bystander.execute("{\"execute\":\"blockdev-reopen\",\"arguments\":{\"options\":[{\"driver\":\"qcow2\","
                + "\"node-name\":\"" + target + "\",\"discard\":\"unmap\",\"file\":\"" + layer + "\"}]}}");
    }

    private static PushBackupOperation full(Rig rig, OptionalLong speed) {
        return Operations.backup(Optional.empty(), speed, Operations.full(rig.disk(0), false, Optional.empty()));
    }

    private static void assertRefused(Outcome outcome, FailureCode code) {
        assertThat(outcome)
                .isInstanceOfSatisfying(
                        Outcome.Refused.class,
                        refused -> assertThat(refused.code()).isEqualTo(code));
    }

    /** A guest that puts 1, 2, 3, … on one disk and then on the other, each read back, and begins again after the last. */
    private static final class Writer implements AutoCloseable {
        private static final int PATTERNS = 250;
        private final Thread thread;
        private final AtomicInteger written = new AtomicInteger();
        private volatile boolean ended;

        private Writer(Rig rig) {
            thread = Thread.ofPlatform().name("guest").unstarted(() -> {
                for (int number = 0; !ended; number++) {
                    rig.write(0, pattern(number), 0, 4096);
                    rig.write(1, pattern(number), 0, 4096);
                    written.set(number + 1);
                }
            });
        }

        private static int pattern(int number) {
            return 1 + number % PATTERNS;
        }

        /** How many writes the first disk is ahead of the other, by their first bytes; what was never written is 0. */
        static int lead(byte one, byte other) {
            return one == 0 || other == 0 ? Byte.toUnsignedInt(one) : Math.floorMod(one - other, PATTERNS);
        }

        static Writer start(Rig rig) {
            Writer writer = new Writer(rig);
            writer.thread.start();
            return writer;
        }

        void awaitWrites(int more) {
            int target = written.get() + more;
            await().atMost(Rig.TIME_MAX).until(() -> written.get() >= target);
        }

        @Override
        public void close() {
            ended = true;
            await().atMost(Rig.TIME_MAX).until(() -> !thread.isAlive());
        }
    }
}
