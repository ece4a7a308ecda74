package dev.tidemark.gateway.act.repository;

import static dev.tidemark.gateway.act.repository.RepositoryFixture.DISK;
import static dev.tidemark.gateway.act.repository.RepositoryFixture.MACHINE;
import static dev.tidemark.gateway.act.repository.RepositoryFixture.backup;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.schema.contract.MergeBackupOperation;
import dev.tidemark.schema.contract.Outcome;
import dev.tidemark.schema.contract.Outcome.Evidence;
import dev.tidemark.schema.contract.RecordedFile;
import dev.tidemark.schema.contract.RestoreOperation;
import dev.tidemark.schema.event.DamagedDisk;
import dev.tidemark.schema.event.DiskMerge;
import dev.tidemark.schema.event.FailureCode;
import dev.tidemark.schema.event.RestoreFormat;
import dev.tidemark.schema.id.DiskName;
import dev.tidemark.schema.id.OperationId;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A file that was rewritten together with its manifest is found by what the log says of it, and by nothing else. */
class LogRecordIT {
    private RepositoryFixture fixture;
    private List<RecordedFile> recorded;

    @BeforeEach
    void chain() throws Exception {
        fixture = new RepositoryFixture();
        Manifest full = fixture.store(0, "write -P 1 0 " + RepositoryFixture.SIZE);
        Manifest middle = fixture.store(1, "write -P 2 65536 65536");
        Manifest top = fixture.store(2, "write -P 3 131072 512");
        recorded = fixture.recorded(top, middle, full);
    }

    @AfterEach
    void remove() {
        fixture.close();
    }

    @Test
    void what_nobody_touched_agrees_with_the_log() throws Exception {
        assertThat(damages(recorded)).isEmpty();
    }

    @Test
    void each_file_that_was_rewritten_with_its_manifest_is_found_and_the_manifests_alone_tell_nothing()
            throws Exception {
        for (long number = 0; number < 3; number++) {
            RepositoryFixture.qemuIo(fixture.file(number), "write -P 77 65536 512");
            fixture.adoptDigest(number);
            assertThat(damages(List.of()))
                    .as("the sabotage: nothing but the log knows")
                    .isEmpty();
            String rewritten = backup(number).value();
            assertThat(damages(recorded)).singleElement().satisfies(damage -> {
                assertThat(damage.file()).contains(rewritten);
                assertThat(damage.detail()).contains("not that of the log");
            });
            recorded = recordedAnew(number);
        }
    }

    @Test
    void nothing_is_restored_from_a_file_that_was_rewritten_with_its_manifest(@TempDir Path directory)
            throws Exception {
        RepositoryFixture.qemuIo(fixture.file(1), "write -P 77 65536 512");
        fixture.adoptDigest(1);
        RestoreOperation operation = RepositoryFixture.restoration(2, directory.resolve("rewritten"), RestoreFormat.RAW)
                .against(recorded);
        assertThat(fixture.run(operation)).isInstanceOfSatisfying(Outcome.Refused.class, refused -> {
            assertThat(refused.code()).isEqualTo(FailureCode.BACKUP_DAMAGED);
            assertThat(refused.detail()).contains("not that of the log");
        });
        assertThat(directory).isEmptyDirectory();
        RestoreOperation sabotaged =
                RepositoryFixture.restoration(2, directory.resolve("sabotaged"), RestoreFormat.RAW);
        assertThat(fixture.run(sabotaged))
                .as("the sabotage: nothing but the log knows")
                .isInstanceOf(Outcome.Done.class);
        RestoreOperation sound = RepositoryFixture.restoration(2, directory.resolve("sound"), RestoreFormat.RAW)
                .against(recordedAnew(1));
        assertThat(fixture.run(sound)).isInstanceOf(Outcome.Done.class);
    }

    @Test
    void nothing_is_merged_out_of_a_file_that_was_rewritten_with_its_manifest() throws Exception {
        RepositoryFixture.qemuIo(fixture.file(0), "write -P 77 65536 512");
        fixture.adoptDigest(0);
        MergeBackupOperation operation = new MergeBackupOperation(
                new OperationId(RepositoryFixture.ulid(8000)),
                backup(2),
                RepositoryFixture.REPOSITORY,
                List.of(new DiskMerge(DISK, backup(1), Optional.of(backup(0)))));
        assertThat(merged(operation.against(recorded)))
                .isInstanceOfSatisfying(
                        Outcome.Done.class,
                        done -> assertThat(done.evidence())
                                .isInstanceOfSatisfying(
                                        Evidence.Damaged.class,
                                        damaged -> assertThat(damaged.disks()
                                                        .getFirst()
                                                        .detail())
                                                .contains("not that of the log")));
        assertThat(ManifestFile.read(fixture.backupDirectory(2), MACHINE, backup(2))
                        .merges())
                .isEmpty();
        assertThat(merged(operation))
                .as("the sabotage: nothing but the log knows")
                .isInstanceOfSatisfying(
                        Outcome.Done.class, done -> assertThat(done.evidence()).isInstanceOf(Evidence.Merged.class));
    }

    @Test
    void a_manifest_that_names_another_parent_than_the_log() throws Exception {
        List<RecordedFile> otherwise = recorded.stream()
                .map(file -> file.backup().equals(backup(2))
                        ? new RecordedFile(
                                file.backup(), file.disk(), Optional.of(backup(0)), file.fileSize(), file.sha256())
                        : file)
                .toList();
        assertThat(damages(otherwise))
                .singleElement()
                .satisfies(damage -> assertThat(damage.detail()).contains("in the log on " + backup(0)));
    }

    @Test
    void a_disk_that_the_manifest_leaves_out() throws Exception {
        List<RecordedFile> more = new ArrayList<>(recorded);
        more.add(new RecordedFile(backup(2), new DiskName("vdb"), Optional.empty(), 5, "00"));
        assertThat(damages(more)).singleElement().satisfies(damage -> {
            assertThat(damage.disk()).isEqualTo(new DiskName("vdb"));
            assertThat(damage.detail()).contains("the manifest does not");
        });
    }

    /** What the log would say if it had been so from the beginning. */
    private List<RecordedFile> recordedAnew(long number) throws Exception {
        Manifest now = ManifestFile.read(fixture.backupDirectory(number), MACHINE, backup(number));
        RecordedFile other = fixture.recorded(now).getFirst();
        return recorded.stream()
                .map(file -> file.backup().equals(backup(number)) && file.disk().equals(DISK) ? other : file)
                .toList();
    }

    private Outcome merged(MergeBackupOperation operation) throws Exception {
        return new RepositoryWorker(fixture.repositories()).run(operation, MACHINE, ProgressListener.NONE);
    }

    private List<DamagedDisk> damages(List<RecordedFile> log) throws Exception {
        Outcome outcome = new RepositoryWorker(fixture.repositories())
                .run(RepositoryFixture.verification(2, false, log), MACHINE, ProgressListener.NONE);
        if (outcome instanceof Outcome.Done(Evidence.Verified(long bytes, boolean deep))) {
            assertThat(bytes).isPositive();
            assertThat(deep).isFalse();
            return List.of();
        }
        assertThat(outcome).isInstanceOf(Outcome.Done.class);
        return ((Evidence.Damaged) ((Outcome.Done) outcome).evidence()).disks();
    }
}
