package dev.tidemark.coordinator.chain;

import static dev.tidemark.coordinator.chain.Story.A;
import static dev.tidemark.coordinator.chain.Story.AT;
import static dev.tidemark.coordinator.chain.Story.B;
import static dev.tidemark.coordinator.chain.Story.BACKUP;
import static dev.tidemark.coordinator.chain.Story.C;
import static dev.tidemark.coordinator.chain.Story.FAR;
import static dev.tidemark.coordinator.chain.Story.MACHINE;
import static dev.tidemark.coordinator.chain.Story.NEAR;
import static dev.tidemark.coordinator.chain.Story.SECOND_BACKUP;
import static dev.tidemark.coordinator.chain.Story.VDA;
import static dev.tidemark.coordinator.chain.Story.VDB;
import static dev.tidemark.coordinator.chain.Story.chain;
import static dev.tidemark.coordinator.chain.Story.machine;
import static dev.tidemark.coordinator.chain.Story.raw;
import static org.assertj.core.api.Assertions.assertThat;

import dev.tidemark.coordinator.ledger.SnapshotJson;
import dev.tidemark.schema.command.AbortErrand;
import dev.tidemark.schema.command.RestoreBackup;
import dev.tidemark.schema.command.VerifyBackup;
import dev.tidemark.schema.contract.BitmapDeletion;
import dev.tidemark.schema.contract.CheckpointOperation;
import dev.tidemark.schema.contract.DeletionOperation;
import dev.tidemark.schema.contract.Desired;
import dev.tidemark.schema.contract.DesiredBitmap;
import dev.tidemark.schema.contract.DesiredDisk;
import dev.tidemark.schema.contract.DiskBackup;
import dev.tidemark.schema.contract.NewBitmap;
import dev.tidemark.schema.contract.PushBackupOperation;
import dev.tidemark.schema.event.BackupRequest;
import dev.tidemark.schema.event.RestoreFormat;
import dev.tidemark.schema.id.BitmapName;
import dev.tidemark.schema.id.CheckpointId;
import dev.tidemark.schema.id.DiskName;
import dev.tidemark.schema.id.OperationId;
import dev.tidemark.schema.json.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import tools.jackson.databind.SerializationFeature;

/** What the gateway is asked to do. */
class DesiredStateTest {
    private static final BackupRequest AUTOMATIC = new BackupRequest.Automatic();

    private static BitmapName bitmap(CheckpointId checkpoint) {
        return BitmapName.of(checkpoint);
    }

    private static PushBackupOperation backup(Story story) {
        return (PushBackupOperation) story.desired().operation().orElseThrow();
    }

    @Test
    void only_the_newest_of_a_chain_records() {
        Desired desired = chain(A, B).desired();
        assertThat(desired.version()).isEqualTo(chain(A, B).now().version());
        assertThat(desired.operation()).isEmpty();
        DesiredDisk disk = desired.disks().getFirst();
        assertThat(disk.chain())
                .containsExactly(
                        new DesiredBitmap(bitmap(A), false, Look.GRANULARITY, Look.CANARY),
                        new DesiredBitmap(bitmap(B), true, Look.GRANULARITY, Look.CANARY));
        assertThat(disk.virtualSize()).isEqualTo(Story.SIZE);
        assertThat(disk.unwanted()).isEmpty();
    }

    @Test
    void a_creation_names_the_one_before_it_where_there_is_one() {
        Story story = machine();
        story.create(A, VDA).done(story.expected().takenOver(VDA, A));
        CheckpointOperation create =
                (CheckpointOperation) story.create(B).desired().operation().orElseThrow();
        assertThat(create.bitmap()).isEqualTo(bitmap(B));
        assertThat(create.disks())
                .containsExactly(new NewBitmap(VDA, Optional.of(bitmap(A))), new NewBitmap(VDB, Optional.empty()));
    }

    @Test
    void a_creation_means_the_selected_disks_that_can_keep_a_bitmap() {
        Story story = machine();
        story.look(story.expected().plug(raw(new DiskName("vdc"))));
        CheckpointOperation all =
                (CheckpointOperation) story.create(A).desired().operation().orElseThrow();
        assertThat(all.disks()).extracting(NewBitmap::disk).containsExactly(VDA, VDB);
        CheckpointOperation one = (CheckpointOperation)
                machine().create(A, VDB).desired().operation().orElseThrow();
        assertThat(one.disks()).extracting(NewBitmap::disk).containsExactly(VDB);
    }

    private static BitmapDeletion deletion(Story story, DiskName disk) {
        DeletionOperation operation =
                (DeletionOperation) story.desired().operation().orElseThrow();
        return operation.disks().stream()
                .filter(part -> part.disk().equals(disk))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void a_deletion_tells_who_takes_the_bits() {
        assertThat(deletion(chain(A).delete(A), VDA)).isEqualTo(new BitmapDeletion(VDA, Optional.empty(), true));
        assertThat(deletion(chain(A, B).delete(A), VDA)).isEqualTo(new BitmapDeletion(VDA, Optional.empty(), false));
        assertThat(deletion(chain(A, B, C).delete(B), VDB))
                .isEqualTo(new BitmapDeletion(VDB, Optional.of(bitmap(A)), false));
        assertThat(deletion(chain(A, B).delete(B), VDB))
                .isEqualTo(new BitmapDeletion(VDB, Optional.of(bitmap(A)), true));
    }

    @Test
    void a_deletion_leaves_out_disks_whose_chain_does_not_hold_it() {
        Story story = chain(A, B);
        story.look(story.expected().without(VDA, A)).delete(A);
        DeletionOperation operation =
                (DeletionOperation) story.desired().operation().orElseThrow();
        assertThat(operation.disks()).extracting(BitmapDeletion::disk).containsExactly(VDB);
    }

    @Test
    void an_incremental_merges_from_its_base_to_the_newest() {
        Story story = machine().backedUp(BACKUP, NEAR, A);
        story.create(B).done(story.expected().takenOver(VDA, B).takenOver(VDB, B));
        story.backup(SECOND_BACKUP, NEAR, AUTOMATIC, Optional.of(C));
        assertThat(backup(story).disks()).allSatisfy(disk -> {
            assertThat(disk.merge()).containsExactly(bitmap(A), bitmap(B));
            assertThat(disk.previous()).contains(bitmap(B));
            assertThat(disk.tracked()).isTrue();
        });
        story.started(C);
        assertThat(backup(story).disks())
                .allSatisfy(disk -> assertThat(disk.merge()).containsExactly(bitmap(A), bitmap(B)));
    }

    @Test
    void a_backup_without_checkpoint_disables_nothing() {
        Story story = machine().backedUp(BACKUP, NEAR, A);
        story.backup(SECOND_BACKUP, NEAR, AUTOMATIC, Optional.empty());
        assertThat(backup(story).disks()).allSatisfy(disk -> {
            assertThat(disk.merge()).containsExactly(bitmap(A));
            assertThat(disk.previous()).isEmpty();
            assertThat(disk.tracked()).isFalse();
        });
    }

    @Test
    void a_full_backup_merges_nothing() {
        Story story = chain(A).backup(BACKUP, NEAR, new BackupRequest.Full(), Optional.of(B));
        assertThat(backup(story).disks()).extracting(DiskBackup::merge).containsOnly(List.of());
        assertThat(backup(story).checkpoint()).isPresent();
        assertThat(backup(story).started()).isFalse();
        assertThat(backup(story).abort()).isFalse();
    }

    @Test
    void a_disk_that_cannot_keep_a_bitmap_is_copied_and_not_tracked() {
        Story story = machine();
        story.look(story.expected().plug(raw(new DiskName("vdc"))));
        story.backup(BACKUP, NEAR, AUTOMATIC, Optional.of(A));
        assertThat(backup(story).disks()).extracting(DiskBackup::tracked).containsExactly(true, true, false);
    }

    @Test
    void an_unplugged_disk_is_not_desired() {
        Story story = chain(A);
        story.look(story.expected().unplug(VDA));
        assertThat(story.desired().disks()).extracting(DesiredDisk::disk).containsExactly(VDB);
    }

    static Stream<Arguments> shapes() {
        Story restore = machine()
                .when(new RestoreBackup(
                        MACHINE,
                        machine().newOperation(),
                        BACKUP,
                        FAR,
                        List.of(VDA),
                        List.of(VDA, VDB),
                        "/restore",
                        RestoreFormat.QCOW2,
                        AT));
        restore.when(new VerifyBackup(MACHINE, restore.newOperation(), SECOND_BACKUP, NEAR, AT));
        Story reading = machine().backedUp(BACKUP, NEAR, A);
        OperationId ended = reading.newOperation();
        reading.when(new VerifyBackup(MACHINE, ended, BACKUP, NEAR, AT))
                .when(new AbortErrand(MACHINE, reading.newOperation(), ended, AT))
                .when(new VerifyBackup(MACHINE, reading.newOperation(), BACKUP, NEAR, true, AT));
        Story broken = chain(A, B);
        broken.look(broken.expected().inconsistent(VDA, A));
        Story incremental = machine().backedUp(BACKUP, NEAR, A);
        incremental.create(B).done(incremental.expected().takenOver(VDA, B).takenOver(VDB, B));
        incremental.backup(SECOND_BACKUP, NEAR, AUTOMATIC, Optional.of(C));
        Story aborting = machine().backup(BACKUP, NEAR, AUTOMATIC, Optional.of(A));
        aborting.started(A).abort(BACKUP);
        Story pull = machine().pulled(BACKUP, NEAR, A).pull(SECOND_BACKUP, NEAR, Optional.of(B));
        Story pullFinishing = machine().pull(BACKUP, NEAR, Optional.of(A));
        pullFinishing.started(A).exported(2).finish(BACKUP);
        return Stream.of(
                Arguments.of("at-rest", chain(A, B)),
                Arguments.of("broken", broken),
                Arguments.of("create", chain(A).create(B)),
                Arguments.of("create-first", machine().create(A, VDA)),
                Arguments.of("delete-only", chain(A).delete(A)),
                Arguments.of("delete-first", chain(A, B).delete(A)),
                Arguments.of("delete-middle", chain(A, B, C).delete(B)),
                Arguments.of("delete-last", chain(A, B).delete(B)),
                Arguments.of("backup-full", chain(A).backup(BACKUP, NEAR, AUTOMATIC, Optional.of(B))),
                Arguments.of("backup-incremental", incremental),
                Arguments.of("backup-aborting", aborting),
                Arguments.of("pull-incremental", pull),
                Arguments.of("pull-finishing", pullFinishing),
                Arguments.of("errands", restore),
                Arguments.of("verifications", reading));
    }

    /** A missing golden file is written only with -Dgolden.write=true; look at it before it is committed. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("shapes")
    void a_desired_state_travels_as_its_golden_file_says(String name, Story story) throws IOException {
        String written =
                Json.MAPPER.writer().with(SerializationFeature.INDENT_OUTPUT).writeValueAsString(story.desired())
                        + "\n";
        String resource = "/golden/desired/" + name + ".json";
        Path file = Path.of("src/test/resources" + resource);
        if (Boolean.getBoolean("golden.write") && Files.notExists(file)) {
            Files.createDirectories(file.resolveSibling("."));
            Files.writeString(file, written);
        }
        String golden = Files.readString(file);
        assertThat(written).isEqualTo(golden);
        assertThat(Json.MAPPER.readValue(golden, Desired.class)).isEqualTo(story.desired());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("shapes")
    void a_snapshot_of_the_machine_is_the_machine(String name, Story story) {
        byte[] snapshot = SnapshotJson.MAPPER.writeValueAsBytes(story.now());
        assertThat(SnapshotJson.MAPPER.readValue(snapshot, Machine.class))
                .as(name)
                .isEqualTo(story.now());
    }
}
