package dev.tidemark.gateway.act;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tidemark.schema.contract.BitmapDeletion;
import dev.tidemark.schema.contract.CheckpointOperation;
import dev.tidemark.schema.contract.DeletionOperation;
import dev.tidemark.schema.contract.DiskBackup;
import dev.tidemark.schema.contract.NewBitmap;
import dev.tidemark.schema.contract.Operation;
import dev.tidemark.schema.contract.PushBackupOperation;
import dev.tidemark.schema.event.BackupCheckpoint;
import dev.tidemark.schema.event.BackupKind;
import dev.tidemark.schema.event.Compression;
import dev.tidemark.schema.event.DiskPlan;
import dev.tidemark.schema.event.FullCause;
import dev.tidemark.schema.id.BackupId;
import dev.tidemark.schema.id.BitmapName;
import dev.tidemark.schema.id.CheckpointId;
import dev.tidemark.schema.id.CheckpointName;
import dev.tidemark.schema.id.DiskName;
import dev.tidemark.schema.id.OperationId;
import dev.tidemark.schema.id.RepositoryName;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Every shape of plan against a file that was written once and is compared for ever:
 * {@code ./mvnw … -Dtest=PlansTest -Dgolden.write=true} writes those that are missing, and changes none.
 */
class PlansTest {
    private static final Path GOLDEN = Path.of("src/test/resources/golden/plans");
    private static final OperationId OPERATION = new OperationId("01ARZ3NDEKTSV4RRFFQ69G5FA0");
    private static final BackupId PARENT = new BackupId("01ARZ3NDEKTSV4RRFFQ69G5FA1");
    private static final BitmapName A = new BitmapName("tm-01ARZ3NDEKTSV4RRFFQ69G5FAA");
    private static final BitmapName B = new BitmapName("tm-01ARZ3NDEKTSV4RRFFQ69G5FAB");
    private static final BitmapName NEW = new BitmapName("tm-01ARZ3NDEKTSV4RRFFQ69G5FAN");
    private static final DiskName VDA = new DiskName("vda");
    private static final DiskName VDB = new DiskName("vdb");
    private static final Map<DiskName, String> NODES = Map.of(VDA, "node-a", VDB, "#block123");
    private static final Map<BitmapName, String> NAMES = Map.of(A, "monday", B, "tuesday", NEW, "wednesday");

    record Shape(String name, Operation operation) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Shape> shapes() {
        Map<String, Operation> shapes = new LinkedHashMap<>();
        for (int disks = 1; disks <= 2; disks++) {
            List<DiskName> names = disks == 1 ? List.of(VDA) : List.of(VDA, VDB);
            String suffix = "-" + disks + (disks == 1 ? "-disk" : "-disks");
            shapes.put("create-first" + suffix, create(names, Optional.empty()));
            shapes.put("create-later" + suffix, create(names, Optional.of(B)));
            shapes.put("delete-only" + suffix, delete(names, Optional.empty(), true));
            shapes.put("delete-first" + suffix, delete(names, Optional.empty(), false));
            shapes.put("delete-middle" + suffix, delete(names, Optional.of(A), false));
            shapes.put("delete-newest" + suffix, delete(names, Optional.of(A), true));
            for (boolean checkpoint : new boolean[] {true, false}) {
                String with = (checkpoint ? "-with-checkpoint" : "-without-checkpoint") + suffix;
                shapes.put("backup-full-first" + with, backup(names, checkpoint, List.of(), List.of(), false));
                shapes.put("backup-full-later" + with, backup(names, checkpoint, List.of(A, B), List.of(), false));
                shapes.put("backup-since-newest" + with, backup(names, checkpoint, List.of(A, B), List.of(B), false));
                shapes.put("backup-since-older" + with, backup(names, checkpoint, List.of(A, B), List.of(A, B), false));
                if (disks == 2) {
                    shapes.put("backup-mixed" + with, backup(names, checkpoint, List.of(A, B), List.of(A, B), true));
                }
            }
        }
        shapes.put(
                "create-mixed-2-disks",
                new CheckpointOperation(
                        OPERATION,
                        NEW,
                        List.of(new NewBitmap(VDA, Optional.of(B)), new NewBitmap(VDB, Optional.empty()))));
        shapes.put(
                "delete-mixed-2-disks",
                new DeletionOperation(
                        OPERATION,
                        B,
                        List.of(
                                new BitmapDeletion(VDA, Optional.of(A), true),
                                new BitmapDeletion(VDB, Optional.empty(), true))));
        return shapes.entrySet().stream().map(entry -> new Shape(entry.getKey(), entry.getValue()));
    }

    @ParameterizedTest
    @MethodSource("shapes")
    void a_plan_is_what_it_always_was(Shape shape) throws IOException {
        Path file = GOLDEN.resolve(shape.name() + ".txt");
        String described = PlanDescription.describe(Plans.of(shape.operation(), NODES), NAMES);
        if (Boolean.getBoolean("golden.write") && !Files.exists(file)) {
            Files.createDirectories(GOLDEN);
            Files.writeString(file, described, StandardCharsets.UTF_8);
        }
        assertThat(file).as("written once with -Dgolden.write=true").exists();
        assertThat(described).isEqualTo(Files.readString(file, StandardCharsets.UTF_8));
    }

    @Test
    void no_golden_file_is_left_without_its_shape() throws IOException {
        try (Stream<Path> files = Files.list(GOLDEN)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrderElementsOf(
                            shapes().map(shape -> shape.name() + ".txt").toList());
        }
    }

    @Test
    void nothing_is_enabled_before_a_merge_has_shown_that_it_is_there() {
        Verb enable = new Verb.EnableBitmap("node-a", A.value());
        Verb merge = new Verb.MergeBitmaps("node-a", A.value(), List.of(B.value()));
        Verb elsewhere = new Verb.MergeBitmaps("node-b", A.value(), List.of(B.value()));

        assertThat(new Plan(List.of(merge, enable)).verbs()).hasSize(2);
        assertThatThrownBy(() -> new Plan(List.of(enable))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Plan(List.of(enable, merge))).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Plan(List.of(elsewhere, enable))).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void a_disk_without_a_node_has_no_plan() {
        assertThatThrownBy(() -> Plans.of(create(List.of(new DiskName("vdc")), Optional.empty()), NODES))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("vdc");
    }

    @Test
    void an_incremental_of_nothing_cannot_be_said() {
        DiskBackup nothing = new DiskBackup(incremental(VDA, List.of(A)), false, Optional.empty(), List.of());
        assertThatThrownBy(() -> Plans.of(backupOf(Optional.empty(), List.of(nothing)), NODES))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("nothing to merge");
    }

    @Test
    void a_job_compresses_if_and_only_if_the_backup_is_to_be_compressed() {
        Plan plain = Plans.of(backup(List.of(VDA, VDB), true, List.of(A, B), List.of(A, B), true), NODES);
        assertThat(plain.verbs().toString()).doesNotContain("compress=true");
        PushBackupOperation asked =
                (PushBackupOperation) backup(List.of(VDA, VDB), true, List.of(A, B), List.of(A, B), true);
        Plan compressed = Plans.of(
                new PushBackupOperation(
                        asked.id(),
                        asked.backup(),
                        asked.repository(),
                        asked.checkpoint(),
                        asked.disks(),
                        asked.bytesPerSecondMax(),
                        Optional.of(Compression.ZSTD),
                        asked.requestedAt(),
                        asked.started(),
                        asked.abort()),
                NODES);
        assertThat(compressed.verbs().stream()
                        .filter(Verb.StartBackup.class::isInstance)
                        .map(verb -> verb.action().data().path("compress").asBoolean(false)))
                .containsExactly(true, true);
        assertThat(PlanDescription.describe(compressed, NAMES)).contains(", compressed)");
    }

    @Test
    void a_node_name_has_at_most_31_bytes_and_a_hundred_disks_have_one_each() {
        List<String> nodes = new ArrayList<>();
        for (int index = 0; index < QemuNames.DISKS_MAX; index++) {
            nodes.add(QemuNames.targetNode(OPERATION, index));
        }
        assertThat(nodes).doesNotHaveDuplicates().allMatch(node -> node.length() == 31);
        assertThatThrownBy(() -> QemuNames.targetNode(OPERATION, 100)).isInstanceOf(IllegalArgumentException.class);
    }

    private static Operation create(List<DiskName> disks, Optional<BitmapName> previous) {
        return new CheckpointOperation(
                OPERATION,
                NEW,
                disks.stream().map(disk -> new NewBitmap(disk, previous)).toList());
    }

    private static Operation delete(List<DiskName> disks, Optional<BitmapName> previous, boolean newest) {
        return new DeletionOperation(
                OPERATION,
                B,
                disks.stream()
                        .map(disk -> new BitmapDeletion(disk, previous, newest))
                        .toList());
    }

    private static Operation backup(
            List<DiskName> disks, boolean checkpoint, List<BitmapName> chain, List<BitmapName> merge, boolean mixed) {
        Optional<BitmapName> previous =
                checkpoint && !chain.isEmpty() ? Optional.of(chain.getLast()) : Optional.empty();
        List<DiskBackup> parts = new ArrayList<>();
        for (DiskName disk : disks) {
            boolean full = merge.isEmpty() || (mixed && disk.equals(VDB));
            // A disk whose format cannot keep a bitmap rides along untracked.
            boolean tracked = checkpoint && !(mixed && full);
            parts.add(
                    full
                            ? full(disk, tracked, tracked ? previous : Optional.empty())
                            : new DiskBackup(incremental(disk, merge), tracked, previous, merge));
        }
        return backupOf(
                checkpoint
                        ? Optional.of(new BackupCheckpoint(NEW.checkpoint(), new CheckpointName("wednesday")))
                        : Optional.empty(),
                parts);
    }

    private static DiskBackup full(DiskName disk, boolean tracked, Optional<BitmapName> previous) {
        DiskPlan plan = new DiskPlan(
                disk, BackupKind.FULL, Optional.empty(), Optional.empty(), Optional.of(FullCause.REQUESTED), "");
        return new DiskBackup(plan, tracked, previous, List.of());
    }

    private static DiskPlan incremental(DiskName disk, List<BitmapName> merge) {
        CheckpointId since = merge.getFirst().checkpoint();
        return new DiskPlan(
                disk, BackupKind.INCREMENTAL, Optional.of(since), Optional.of(PARENT), Optional.empty(), "");
    }

    private static PushBackupOperation backupOf(Optional<BackupCheckpoint> checkpoint, List<DiskBackup> parts) {
        return new PushBackupOperation(
                OPERATION,
                new BackupId("01ARZ3NDEKTSV4RRFFQ69G5FA2"),
                new RepositoryName("default"),
                checkpoint,
                parts,
                parts.size() == 1 ? OptionalLong.of(10_000_000) : OptionalLong.empty(),
                Optional.empty(),
                Instant.EPOCH,
                false,
                false);
    }
}
