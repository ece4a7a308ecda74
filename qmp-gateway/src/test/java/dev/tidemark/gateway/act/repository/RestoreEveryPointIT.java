package dev.tidemark.gateway.act.repository;

import static dev.tidemark.gateway.act.repository.RepositoryFixture.DISK;
import static dev.tidemark.gateway.act.repository.RepositoryFixture.MACHINE;
import static dev.tidemark.gateway.act.repository.RepositoryFixture.NAME;
import static dev.tidemark.gateway.act.repository.RepositoryFixture.backup;
import static dev.tidemark.gateway.act.repository.RepositoryFixture.checkpoint;
import static dev.tidemark.gateway.act.repository.RepositoryFixture.copied;
import static dev.tidemark.gateway.act.repository.RepositoryFixture.facts;
import static dev.tidemark.gateway.act.repository.RepositoryFixture.full;
import static dev.tidemark.gateway.act.repository.RepositoryFixture.incremental;
import static dev.tidemark.gateway.act.repository.RepositoryFixture.operation;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.schema.contract.Outcome;
import dev.tidemark.schema.contract.Outcome.Evidence;
import dev.tidemark.schema.event.RestoreFormat;
import dev.tidemark.schema.event.RestoredDisk;
import dev.tidemark.schema.id.DiskName;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Invariant I3: what is restored is what the disk held at that backup, byte for byte and in size, for every backup of a chain. */
class RestoreEveryPointIT {
    private static final int BACKUPS = 4;
    private static final int SECTOR = 512;

    @ParameterizedTest
    @ValueSource(longs = {512, 4608, 65536, 66048, 1024 * 1024 + 512, 3 * 1024 * 1024 - 512})
    void a_full_and_three_incrementals_restore_at_every_point(long size) throws Exception {
        try (RepositoryFixture fixture = new RepositoryFixture()) {
            List<byte[]> points = storeRandomChain(fixture, size);
            for (RestoreFormat format : RestoreFormat.values()) {
                for (int number = 0; number < BACKUPS; number++) {
                    Path to = fixture.outside(format + "-" + number);
                    Outcome outcome = fixture.restore(number, to, format);
                    Path file = to.resolve(format == RestoreFormat.RAW ? "vda.raw" : "vda.qcow2");
                    assertThat(outcome)
                            .isEqualTo(new Outcome.Done(new Evidence.Restored(
                                    List.of(new RestoredDisk(DISK, file.toString(), format, size)))));
                    assertThat(difference(points.get(number), fixture.content(file, format)))
                            .isEqualTo(-1);
                    assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                            .isEqualTo("rw-------");
                }
            }
            assertThat(fixture.verify(BACKUPS - 1))
                    .isInstanceOfSatisfying(
                            Outcome.Done.class,
                            done -> assertThat(done.evidence()).isInstanceOf(Evidence.Verified.class));
        }
    }

    @Test
    void sabotaged_a_sector_that_no_incremental_holds_is_noticed() throws Exception {
        try (RepositoryFixture fixture = new RepositoryFixture()) {
            List<byte[]> points = storeRandomChain(fixture, 1024 * 1024 + 512);
            points.get(2)[700_000] ^= 1;
            Path to = fixture.outside("to");
            fixture.restore(2, to, RestoreFormat.RAW);
            assertThat(difference(points.get(2), fixture.content(to.resolve("vda.raw"), RestoreFormat.RAW)))
                    .isEqualTo(700_000);
        }
    }

    @Test
    void a_disk_that_grew_and_one_that_came_later_restore_with_the_sizes_of_their_time() throws Exception {
        DiskName late = new DiskName("vdb");
        try (RepositoryFixture fixture = new RepositoryFixture()) {
            Repository repository = fixture.repository();
            PartialBackup first =
                    repository.begin(MACHINE, NAME, operation(0, full(DISK)), Map.of(DISK, facts(DISK, 512)));
            RepositoryFixture.qemuIo(first.target(DISK), "write -P 1 0 512");
            first.complete(copied(DISK), ProgressListener.NONE);
            PartialBackup second = repository.begin(
                    MACHINE,
                    NAME,
                    operation(1, full(DISK), full(late)),
                    Map.of(DISK, facts(DISK, 1024), late, facts(late, 65536)));
            RepositoryFixture.qemuIo(second.target(DISK), "write -P 2 512 512");
            second.complete(copied(DISK, late), ProgressListener.NONE);
            PartialBackup third = repository.begin(
                    MACHINE,
                    NAME,
                    operation(2, incremental(DISK, 1), incremental(late, 1)),
                    Map.of(DISK, facts(DISK, 1024), late, facts(late, 65536)));
            third.complete(copied(DISK, late), ProgressListener.NONE);

            fixture.restore(0, fixture.outside("a"), RestoreFormat.RAW);
            fixture.restore(2, fixture.outside("c"), RestoreFormat.RAW);
            assertThat(fixture.outside("a/vda.raw")).hasSize(512);
            assertThat(fixture.outside("c/vda.raw")).hasSize(1024);
            assertThat(fixture.outside("c/vdb.raw")).hasSize(65536);
        }
    }

    @Test
    void an_empty_disk_is_backed_up_and_restored() throws Exception {
        try (RepositoryFixture fixture = new RepositoryFixture()) {
            PartialBackup partial =
                    fixture.repository().begin(MACHINE, NAME, operation(0, full(DISK)), Map.of(DISK, facts(DISK, 0)));
            partial.complete(copied(DISK), ProgressListener.NONE);
            fixture.restore(0, fixture.outside("to"), RestoreFormat.RAW);
            assertThat(fixture.outside("to/vda.raw")).hasSize(0);
        }
    }

    @Test
    void the_manifest_is_for_people_and_for_a_catalogue() throws Exception {
        try (RepositoryFixture fixture = new RepositoryFixture()) {
            fixture.storeChain();
            String text = Files.readString(fixture.backupDirectory(1).resolve("manifest.json"));
            assertThat(text)
                    .contains("\n")
                    .contains(
                            backup(1).value(), backup(0).value(), checkpoint(1).value(), "\"cp1\"", "7.2.22", "web");
            assertThat(fixture.backupDirectory(1).toFile().list())
                    .containsExactlyInAnyOrder("manifest.json", "vda.qcow2");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(fixture.backupDirectory(1))))
                    .isEqualTo("rwx------");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(fixture.file(1))))
                    .isEqualTo("rw-------");
            Manifest manifest =
                    fixture.repository().completed(MACHINE, backup(1)).orElseThrow();
            assertThat(manifest.completedDisks().getFirst().file()).isEqualTo(MACHINE + "/" + backup(1) + "/vda.qcow2");
        }
    }

    /** Random sectors, zeros among them, that lie across cluster borders; the points are what a guest would have read. */
    private static List<byte[]> storeRandomChain(RepositoryFixture fixture, long size) throws Exception {
        Random random = new Random(size);
        byte[] disk = new byte[(int) size];
        List<byte[]> points = new ArrayList<>();
        for (int number = 0; number < BACKUPS; number++) {
            PartialBackup partial = fixture.repository()
                    .begin(
                            MACHINE,
                            NAME,
                            operation(number, number == 0 ? full(DISK) : incremental(DISK, number - 1)),
                            Map.of(DISK, facts(DISK, size)));
            int sectors = (int) (size / SECTOR);
            for (int write = 0; write < 4; write++) {
                int from = write == 0 ? sectors - 1 : random.nextInt(sectors);
                int count = 1 + random.nextInt(Math.min(200, sectors - from));
                int pattern = write == 3 ? 0 : 1 + random.nextInt(255);
                RepositoryFixture.qemuIo(
                        partial.target(DISK),
                        "write -P " + pattern + " " + (long) from * SECTOR + " " + (long) count * SECTOR);
                Arrays.fill(disk, from * SECTOR, (from + count) * SECTOR, (byte) pattern);
            }
            partial.complete(copied(DISK), ProgressListener.NONE);
            points.add(disk.clone());
        }
        return points;
    }

    /** The first byte that differs, -1 if none does; a different size is a difference. */
    private static int difference(byte[] expected, byte[] found) {
        return Arrays.mismatch(expected, found);
    }
}
