package dev.tidemark.gateway.act.repository;

import static dev.tidemark.gateway.act.repository.RepositoryFixture.DISK;
import static dev.tidemark.gateway.act.repository.RepositoryFixture.MACHINE;
import static dev.tidemark.gateway.act.repository.RepositoryFixture.NAME;
import static dev.tidemark.gateway.act.repository.RepositoryFixture.REPOSITORY;
import static dev.tidemark.gateway.act.repository.RepositoryFixture.SIZE;
import static dev.tidemark.gateway.act.repository.RepositoryFixture.backup;
import static dev.tidemark.gateway.act.repository.RepositoryFixture.checkpoint;
import static dev.tidemark.gateway.act.repository.RepositoryFixture.facts;
import static dev.tidemark.gateway.act.repository.RepositoryFixture.full;
import static dev.tidemark.gateway.act.repository.RepositoryFixture.incremental;
import static dev.tidemark.gateway.act.repository.RepositoryFixture.ulid;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.schema.contract.DeleteBackupOperation;
import dev.tidemark.schema.contract.MergeBackupOperation;
import dev.tidemark.schema.contract.Outcome;
import dev.tidemark.schema.contract.Outcome.Evidence;
import dev.tidemark.schema.crash.CrashHook;
import dev.tidemark.schema.crash.CrashPoint;
import dev.tidemark.schema.event.BackupKind;
import dev.tidemark.schema.event.Compression;
import dev.tidemark.schema.event.DamagedDisk;
import dev.tidemark.schema.event.DiskMerge;
import dev.tidemark.schema.event.DiskPlan;
import dev.tidemark.schema.event.FailureCode;
import dev.tidemark.schema.event.MergedDisk;
import dev.tidemark.schema.event.RestoreFormat;
import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.DiskName;
import dev.tidemark.schema.id.OperationId;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A merged backup holds to the byte what it held, and so do those above it; cut off anywhere it is the old one or the new one. */
class MergingIT {
    private static final DiskName OTHER = new DiskName("vdb");

    private static final class Crash extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private RepositoryFixture fixture;

    @BeforeEach
    void make() throws Exception {
        fixture = new RepositoryFixture();
    }

    @AfterEach
    void remove() {
        fixture.close();
    }

    private Outcome merge(long number, long parent, Optional<BackupId> onto) throws InterruptedException {
        return merge(fixture.repositories(), number, new DiskMerge(DISK, backup(parent), onto));
    }

    private static Outcome merge(Repositories repositories, long number, DiskMerge... disks)
            throws InterruptedException {
        return new RepositoryWorker(repositories)
                .run(
                        new MergeBackupOperation(
                                new OperationId(ulid(7000 + number)), backup(number), REPOSITORY, List.of(disks)),
                        MACHINE,
                        ProgressListener.NONE);
    }

    private Outcome delete(long number) throws InterruptedException, IOException {
        return new RepositoryWorker(fixture.repositories())
                .run(
                        new DeleteBackupOperation(
                                new OperationId(ulid(6000 + number)),
                                backup(number),
                                REPOSITORY,
                                RepositoryMark.read(new RepositoryTree(fixture.root()))),
                        MACHINE,
                        ProgressListener.NONE);
    }

    /** As plain qemu-img reads it, which knows no manifest. */
    private byte[] plain(long number) throws IOException {
        return fixture.content(fixture.file(number), RestoreFormat.QCOW2);
    }

    /** As a restore from the directory alone gives it. */
    private byte[] restored(long number) throws Exception {
        Path to = fixture.outside("to" + number + "-" + System.nanoTime());
        RepositoryCatalogue.of(fixture.root())
                .restore(
                        new OperationId(ulid(System.nanoTime())),
                        MACHINE,
                        backup(number),
                        List.of(DISK),
                        to,
                        RestoreFormat.RAW,
                        KeyRing.NONE,
                        ProgressListener.NONE);
        byte[] content = Files.readAllBytes(to.resolve("vda.raw"));
        Files.delete(to.resolve("vda.raw"));
        return content;
    }

    private void assertHolds(Map<Long, byte[]> contents) throws Exception {
        for (Map.Entry<Long, byte[]> each : contents.entrySet()) {
            assertThat(Arrays.mismatch(plain(each.getKey()), each.getValue()))
                    .as("backup %d, by qemu-img", each.getKey())
                    .isEqualTo(-1);
            assertThat(Arrays.mismatch(restored(each.getKey()), each.getValue()))
                    .as("backup %d, restored", each.getKey())
                    .isEqualTo(-1);
        }
    }

    private Map<Long, byte[]> contents(long... numbers) throws IOException {
        Map<Long, byte[]> contents = new TreeMap<>();
        for (long number : numbers) {
            contents.put(number, plain(number));
        }
        return contents;
    }

    private Manifest manifest(long number) throws IOException {
        return ManifestFile.read(fixture.backupDirectory(number), MACHINE, backup(number));
    }

    private void assertNothingLeft() throws IOException {
        try (var files = Files.walk(fixture.root())) {
            assertThat(files.map(file -> String.valueOf(file.getFileName())))
                    .noneMatch(name -> name.endsWith(".merge") || name.endsWith(".new") || name.startsWith("plain-"));
        }
    }

    private static MergedDisk merged(Outcome outcome) {
        assertThat(outcome).isInstanceOf(Outcome.Done.class);
        return ((Evidence.Merged) ((Outcome.Done) outcome).evidence()).disks().getFirst();
    }

    private Map<String, String> files() throws Exception {
        Map<String, String> digests = new TreeMap<>();
        try (var files = Files.walk(fixture.root())) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                digests.put(
                        fixture.root().relativize(file).toString(),
                        FileDigest.of(file, bytes -> {}).sha256());
            }
        }
        return digests;
    }

    @Test
    void an_increment_takes_in_the_one_below_which_can_then_be_deleted() throws Exception {
        // given
        fixture.storeChain();
        Map<Long, byte[]> kept = contents(0, 2);
        String before = manifest(2).disk(DISK).orElseThrow().sha256();
        // when
        MergedDisk merged = merged(merge(2, 1, Optional.of(backup(0))));
        // then
        assertThat(merged.parentBefore()).isEqualTo(backup(1));
        assertThat(merged.sha256Before()).isEqualTo(before);
        assertThat(merged.now().parent()).contains(backup(0));
        assertThat(merged.now().since()).contains(checkpoint(0));
        assertThat(merged.now().sha256())
                .isEqualTo(FileDigest.of(fixture.file(2), bytes -> {}).sha256());
        assertThat(Files.size(fixture.file(2))).isLessThan(SIZE / 2);
        assertThat(delete(1)).isInstanceOf(Outcome.Done.class);
        assertHolds(kept);
        assertThat(fixture.damages(2)).isEmpty();
        assertNothingLeft();
    }

    @Test
    void one_without_anything_below_becomes_full_and_the_next_backup_stands_on_it() throws Exception {
        // given
        fixture.storeChain();
        Map<Long, byte[]> kept = contents(2);
        // when
        MergedDisk merged = merged(merge(2, 1, Optional.empty()));
        // then
        assertThat(merged.now().kind()).isEqualTo(BackupKind.FULL);
        assertThat(merged.now().parent()).isEmpty();
        assertThat(delete(1)).isInstanceOf(Outcome.Done.class);
        assertThat(delete(0)).isInstanceOf(Outcome.Done.class);
        assertHolds(kept);
        fixture.store(3, "write -P 9 262144 4096");
        assertThat(fixture.damages(3)).isEmpty();
        byte[] next = plain(2).clone();
        Arrays.fill(next, 262144, 262144 + 4096, (byte) 9);
        assertHolds(Map.of(3L, next));
        assertThat(manifest(2).merges()).hasSize(1);
    }

    @Test
    void zeroes_that_hide_what_is_below_stay_and_so_does_what_is_written_over_again() throws Exception {
        // given
        fixture.store(0, "write -P 1 0 " + SIZE);
        fixture.store(1, "write -z 65536 131072", "write -P 2 0 4096");
        fixture.store(2, "write -P 3 131072 4096", "write -z 0 512");
        fixture.store(3, "write -P 4 " + (SIZE - 512) + " 512");
        Map<Long, byte[]> kept = contents(0, 2, 3);
        // when
        merged(merge(2, 1, Optional.of(backup(0))));
        delete(1);
        // then
        assertThat(plain(2)[70_000]).isZero();
        assertHolds(kept);
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void what_was_compressed_is_compressed(boolean toFull) throws Exception {
        // given
        for (long number = 0; number < 3; number++) {
            DiskPlan plan = number == 0 ? full(DISK) : incremental(DISK, number - 1);
            PartialBackup partial = fixture.repository()
                    .begin(
                            MACHINE,
                            NAME,
                            RepositoryFixture.operation(number, Optional.of(Compression.ZSTD), plan),
                            Map.of(DISK, facts(DISK, SIZE)));
            RepositoryFixture.qemuIo(partial.target(DISK), "write -P " + (number + 1) + " 0 524288");
            partial.complete(RepositoryFixture.copied(DISK), ProgressListener.NONE);
        }
        Map<Long, byte[]> kept = contents(0, 2);
        // when
        merged(merge(2, 1, toFull ? Optional.empty() : Optional.of(backup(0))));
        // then
        assertHolds(kept);
        assertThat(Files.size(fixture.file(2))).isLessThan(524288);
        assertNothingLeft();
    }

    @ParameterizedTest
    @CsvSource({"2", "1", "0"})
    void what_rotted_is_found_before_anything_is_exchanged(long rotten) throws Exception {
        // given
        fixture.storeChain();
        fixture.store(3, "write -P 5 0 512");
        try (RandomAccessFile file = new RandomAccessFile(fixture.file(rotten).toFile(), "rw")) {
            file.seek(file.length() - 100);
            int was = file.read();
            file.seek(file.length() - 100);
            file.write(was ^ 1);
        }
        Map<String, String> before = files();
        // when
        Outcome outcome = merge(2, 1, Optional.of(backup(0)));
        // then
        assertThat(outcome).isInstanceOfSatisfying(Outcome.Done.class, done -> {
            Evidence.Damaged damaged = (Evidence.Damaged) done.evidence();
            assertThat(damaged.disks().getFirst().file())
                    .isEqualTo(MACHINE + "/" + backup(rotten) + "/" + DISK + ".qcow2");
        });
        assertThat(files()).isEqualTo(before);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                // A layer that is left out.
                "case \"$*\" in *convert*" + "REPLACED" + "*) exit 0;; esac; exec qemu-img \"$@\"",
                // A byte that is written elsewhere.
                "qemu-img \"$@\"; result=$?; case \"$1\" in convert) eval target=\\${$#}; "
                        + "qemu-io -c 'write -P 77 300000 1' \"$target\" >&2;; esac; exit $result"
            })
    void an_image_that_holds_something_else_takes_no_place(String script) throws Exception {
        // given
        fixture.storeChain();
        Map<String, String> before = files();
        Path program = fixture.outside("qemu-img");
        Files.writeString(
                program, "#!/bin/sh\n" + script.replace("REPLACED", backup(1).value()) + "\n");
        Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwx------"));
        Repositories lying =
                new Repositories(Map.of(REPOSITORY, fixture.root()), CrashHook.NONE, new QemuImage(program.toString()));
        // when
        Outcome outcome = merge(lying, 2, new DiskMerge(DISK, backup(1), Optional.of(backup(0))));
        // then
        assertThat(outcome).isInstanceOfSatisfying(Outcome.Refused.class, refused -> {
            assertThat(refused.code()).isEqualTo(FailureCode.REPOSITORY_FAILED);
            assertThat(refused.detail()).contains("does not hold what");
        });
        assertThat(files()).isEqualTo(before);
    }

    @Test
    void one_that_stands_on_another_than_was_said_is_left_alone() throws Exception {
        fixture.storeChain();
        Map<String, String> before = files();
        assertThat(merge(2, 0, Optional.empty())).isInstanceOf(Outcome.Refused.class);
        assertThat(merge(2, 1, Optional.of(backup(9)))).isInstanceOf(Outcome.Refused.class);
        assertThat(merge(2, 1, Optional.of(backup(1)))).isInstanceOf(Outcome.Refused.class);
        assertThat(files()).isEqualTo(before);
    }

    @Test
    void without_room_for_all_of_it_nothing_is_begun() throws Exception {
        // given a file that is longer than what is free
        fixture.storeChain();
        long length = FreeSpace.bytes(fixture.root()) + (1L << 30);
        long before = Files.size(fixture.file(1));
        try (RandomAccessFile file = new RandomAccessFile(fixture.file(1).toFile(), "rw")) {
            file.setLength(length);
        }
        Path manifest = fixture.backupDirectory(1).resolve("manifest.json");
        String text = Files.readString(manifest);
        Files.writeString(manifest, text.replaceAll("(\"fileSize\" ?: ?)" + before, "$1" + length));
        // when
        Outcome outcome = merge(2, 1, Optional.of(backup(0)));
        // then
        assertThat(outcome)
                .isInstanceOfSatisfying(
                        Outcome.Refused.class,
                        refused ->
                                assertThat(refused.detail()).contains("may need", "are free", "nothing was written"));
        assertNothingLeft();
    }

    private void storeTwoDisks() throws Exception {
        for (long number = 0; number < 4; number++) {
            PartialBackup partial = fixture.repository()
                    .begin(
                            MACHINE,
                            NAME,
                            number == 0
                                    ? RepositoryFixture.operation(0, full(DISK), full(OTHER))
                                    : RepositoryFixture.operation(
                                            number, incremental(DISK, number - 1), incremental(OTHER, number - 1)),
                            Map.of(DISK, facts(DISK, SIZE), OTHER, facts(OTHER, SIZE)));
            RepositoryFixture.qemuIo(partial.target(DISK), "write -P " + (number + 1) + " " + number * 65536 + " 4096");
            RepositoryFixture.qemuIo(
                    partial.target(OTHER), "write -P " + (number + 11) + " " + number * 65536 + " 70000");
            partial.complete(RepositoryFixture.copied(DISK, OTHER), ProgressListener.NONE);
        }
    }

    private static DiskMerge[] bothDisks() {
        return new DiskMerge[] {
            new DiskMerge(DISK, backup(1), Optional.of(backup(0))),
            new DiskMerge(OTHER, backup(1), Optional.of(backup(0)))
        };
    }

    @ParameterizedTest
    @EnumSource(names = "BEFORE_MERGE|MERGE_.*|.*_QEMU_IMG", mode = EnumSource.Mode.MATCH_ANY)
    void a_crash_at_each_step_leaves_the_old_one_or_the_new_one_and_a_new_gateway_ends_it(CrashPoint step)
            throws Exception {
        // given
        storeTwoDisks();
        Map<Long, byte[]> all = contents(0, 1, 2, 3);
        byte[] other = fixture.content(fixture.backupDirectory(3).resolve("vdb.qcow2"), RestoreFormat.QCOW2);
        // when
        assertThatThrownBy(() -> merge(
                        fixture.repositories(passed -> {
                            if (passed == step) {
                                throw new Crash();
                            }
                        }),
                        2,
                        bothDisks()))
                .isInstanceOf(Crash.class);
        // then
        assertHolds(all);
        assertThat(fixture.damages(2)).isEmpty();
        assertThat(fixture.damages(3)).isEmpty();
        // when a new gateway ends it
        Outcome outcome = merge(fixture.repositories(), 2, bothDisks());
        // then
        assertThat(merged(outcome).now().parent()).contains(backup(0));
        assertThat(merged(outcome).parentBefore()).isEqualTo(backup(1));
        assertThat(merge(fixture.repositories(), 2, bothDisks())).isEqualTo(outcome);
        assertNothingLeft();
        assertThat(delete(1)).isInstanceOf(Outcome.Done.class);
        all.remove(1L);
        assertHolds(all);
        assertThat(fixture.content(fixture.backupDirectory(3).resolve("vdb.qcow2"), RestoreFormat.QCOW2))
                .isEqualTo(other);
        assertThat(fixture.damages(3)).isEmpty();
        assertThat(manifest(2).merges()).hasSize(1);
    }

    private void crashAt(CrashPoint step) {
        assertThatThrownBy(() -> merge(
                        fixture.repositories(passed -> {
                            if (passed == step) {
                                throw new Crash();
                            }
                        }),
                        2,
                        bothDisks()))
                .isInstanceOf(Crash.class);
    }

    private Path drafts() {
        return fixture.backupDirectory(2).resolveSibling(backup(2) + ".merge");
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void a_draft_that_was_spoilt_after_the_crash_takes_no_place_and_is_made_again(boolean gone) throws Exception {
        // given one file exchanged, the other announced
        storeTwoDisks();
        Map<Long, byte[]> all = contents(0, 1, 2, 3);
        crashAt(CrashPoint.MERGE_FILE_SWAPPED);
        Path draft = drafts().resolve("vdb.qcow2");
        if (gone) {
            Files.delete(draft);
        } else {
            try (RandomAccessFile file = new RandomAccessFile(draft.toFile(), "rw")) {
                file.seek(file.length() - 1);
                file.write(99);
            }
        }
        // when
        Outcome outcome = merge(fixture.repositories(), 2, bothDisks());
        // then
        assertThat(outcome).isInstanceOf(Outcome.Done.class);
        assertThat(delete(1)).isInstanceOf(Outcome.Done.class);
        all.remove(1L);
        assertHolds(all);
        assertThat(fixture.damages(3)).isEmpty();
        assertNothingLeft();
        assertThat(manifest(2).merges()).hasSize(2);
    }

    @ParameterizedTest
    @EnumSource(names = {"MERGE_FILE_SWAPPED", "MERGE_FILES_SWAPPED", "MERGE_FINISHED"})
    void a_merged_file_that_rots_before_the_merge_was_told_of_is_reported_damaged_not_merged(CrashPoint step)
            throws Exception {
        // given a new file in its place, and nobody was told yet
        storeTwoDisks();
        crashAt(step);
        Path rotten = fixture.file(2);
        long at = Files.size(rotten) - 4096;
        byte[] before = new byte[1];
        try (RandomAccessFile file = new RandomAccessFile(rotten.toFile(), "rw")) {
            file.seek(at);
            file.readFully(before);
            file.seek(at);
            file.write(before[0] ^ 0x55);
        }
        // when
        Outcome outcome = merge(fixture.repositories(), 2, bothDisks());
        // then
        assertThat(outcome)
                .isInstanceOfSatisfying(
                        Outcome.Done.class,
                        done -> assertThat(done.evidence())
                                .isInstanceOfSatisfying(
                                        Evidence.Damaged.class,
                                        damaged -> assertThat(damaged.disks())
                                                .extracting(DamagedDisk::disk)
                                                .containsExactly(DISK)));
        assertThat(merge(fixture.repositories(), 2, bothDisks()))
                .as("asked again")
                .isEqualTo(outcome);
    }

    @Test
    void a_backup_that_begins_removes_what_was_left_but_not_what_was_announced() throws Exception {
        storeTwoDisks();
        crashAt(CrashPoint.MERGE_COMPARED);
        assertThat(drafts()).exists();
        fixture.begin(8, full(DISK));
        assertThat(drafts()).doesNotExist();
        crashAt(CrashPoint.MERGE_ANNOUNCED);
        fixture.begin(9, full(DISK));
        assertThat(drafts()).exists();
    }

    @Test
    void a_backup_whose_merge_was_cut_off_can_be_deleted_with_what_the_merge_left() throws Exception {
        storeTwoDisks();
        assertThat(delete(3)).isInstanceOf(Outcome.Done.class);
        crashAt(CrashPoint.MERGE_FILE_SWAPPED);
        assertThat(delete(1)).as("one disk stands on it").isInstanceOf(Outcome.Refused.class);
        assertThat(delete(2)).isInstanceOf(Outcome.Done.class);
        assertNothingLeft();
        assertThat(delete(1)).isInstanceOf(Outcome.Done.class);
    }

    @Test
    void an_interrupt_stops_it_and_it_can_be_begun_again() throws Exception {
        fixture.storeChain();
        Map<Long, byte[]> kept = contents(0, 1, 2);
        Thread.currentThread().interrupt();
        boolean stopped = false;
        try {
            merge(2, 1, Optional.empty());
        } catch (InterruptedException interruption) {
            stopped = true;
        }
        assertThat(stopped).isTrue();
        assertHolds(kept);
        merged(merge(2, 1, Optional.empty()));
        assertNothingLeft();
        assertHolds(kept);
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void random_chains_merged_at_random_hold_what_they_held(long seed) throws Exception {
        Random random = new Random(seed);
        // given
        int count = 4 + random.nextInt(4);
        Map<Long, byte[]> all = new TreeMap<>();
        for (long number = 0; number < count; number++) {
            List<String> writes = new ArrayList<>();
            for (int write = random.nextInt(6); write >= 0; write--) {
                int length = 512 * (1 + random.nextInt(300));
                long offset = 512L * random.nextInt((int) (SIZE - length) / 512 + 1);
                String what = random.nextInt(4) == 0 ? "-z" : "-P " + (1 + random.nextInt(255));
                writes.add("write " + what + " " + offset + " " + length);
            }
            fixture.store(number, writes.toArray(String[]::new));
            all.put(number, plain(number));
        }
        // when, then
        List<Long> kept = new ArrayList<>(all.keySet());
        while (kept.size() > 1) {
            int at = 1 + random.nextInt(kept.size() - 1);
            int onto = random.nextInt(at + 1) - 1;
            if (onto == at - 1) {
                continue;
            }
            String step = "seed " + seed + ": " + kept.get(at) + " onto " + (onto < 0 ? "nothing" : kept.get(onto))
                    + " of " + kept;
            Outcome outcome = merge(
                    fixture.repositories(),
                    kept.get(at),
                    new DiskMerge(
                            DISK,
                            backup(kept.get(at - 1)),
                            onto < 0 ? Optional.empty() : Optional.of(backup(kept.get(onto)))));
            assertThat(outcome).as(step).isInstanceOf(Outcome.Done.class);
            for (int gone = at - 1; gone > onto; gone--) {
                assertThat(delete(kept.get(gone))).as(step).isInstanceOf(Outcome.Done.class);
                all.remove(kept.remove(gone));
            }
            assertHolds(all);
        }
        assertNothingLeft();
        assertThat(fixture.damages(kept.getFirst())).isEmpty();
    }
}
